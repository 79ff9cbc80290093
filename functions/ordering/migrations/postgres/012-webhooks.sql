-- Who wants to hear what happens to orders. A secret is not stored: it is derived from a key of this version and its number.
CREATE TABLE webhook_subscription (
  id                uuid        PRIMARY KEY,
  url               text        NOT NULL,
  description       text        NOT NULL,
  disabled_for      text,
  version           integer     NOT NULL,
  secret_number     integer     NOT NULL,
  secret_key        text        NOT NULL,
  old_secret_number integer,
  old_secret_key    text,
  old_secret_until  timestamptz,
  created_at        timestamptz NOT NULL,
  changed_at        timestamptz NOT NULL,
  last_success_at   timestamptz,
  throttled_until   timestamptz
);

CREATE TABLE webhook_subscription_type (
  type            text NOT NULL,
  subscription_id uuid NOT NULL REFERENCES webhook_subscription ON DELETE CASCADE,
  PRIMARY KEY (type, subscription_id)
);
CREATE INDEX webhook_subscription_type_of ON webhook_subscription_type (subscription_id);

CREATE TABLE webhook_delivery (
  id              uuid           PRIMARY KEY,
  subscription_id uuid           NOT NULL REFERENCES webhook_subscription ON DELETE CASCADE,
  type            text           NOT NULL,
  body            text           NOT NULL,
  state           text           NOT NULL,
  attempts        integer        NOT NULL,
  -- To the millisecond, as a cursor says it.
  created_at      timestamptz(3) NOT NULL DEFAULT now(),
  due_at          timestamptz    NOT NULL DEFAULT now(),
  attempted_at    timestamptz,
  status          integer,
  error           text,
  response        text,
  milliseconds    integer
);
CREATE INDEX webhook_delivery_due ON webhook_delivery (subscription_id, due_at) WHERE state = 'pending';
CREATE INDEX webhook_delivery_log ON webhook_delivery (subscription_id, created_at DESC, id DESC);
CREATE INDEX webhook_delivery_by_age ON webhook_delivery (created_at);
