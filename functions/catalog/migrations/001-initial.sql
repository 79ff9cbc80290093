CREATE TABLE product (
  id          uuid PRIMARY KEY,
  name        text        NOT NULL CHECK (name <> ''),
  categories  text[]      NOT NULL CHECK (cardinality(categories) > 0),
  description text        NOT NULL,
  image_file  text        NOT NULL,
  amount      bigint      NOT NULL CHECK (amount > 0),
  currency    char(3)     NOT NULL,
  version     integer     NOT NULL DEFAULT 1
);
CREATE INDEX product_by_name ON product (name, id);

CREATE TABLE stock (
  product_id uuid    PRIMARY KEY REFERENCES product (id),
  on_hand    integer NOT NULL CHECK (on_hand >= 0),
  reserved   integer NOT NULL DEFAULT 0,
  -- the last line of defence against overselling
  CHECK (reserved BETWEEN 0 AND on_hand)
);

CREATE TABLE reservation (
  order_id   uuid        PRIMARY KEY,
  status     text        NOT NULL CHECK (status IN ('held', 'committed', 'released', 'expired', 'rejected')),
  lines      jsonb       NOT NULL,
  expires_at timestamptz NOT NULL
);
CREATE INDEX reservation_by_expiry ON reservation (expires_at) WHERE status = 'held';

CREATE TABLE outbox (
  id           uuid        PRIMARY KEY,
  position     bigint      GENERATED ALWAYS AS IDENTITY,
  topic        text        NOT NULL,
  event        jsonb       NOT NULL,
  leased_until timestamptz NOT NULL DEFAULT '-infinity'
);
CREATE INDEX outbox_by_position ON outbox (position);

CREATE TABLE inbox (
  message_id uuid        PRIMARY KEY,
  handled_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX inbox_by_age ON inbox (handled_at);

CREATE TABLE idempotent_request (
  scope        text        NOT NULL,
  key          text        NOT NULL,
  request_hash text        NOT NULL,
  status       integer,
  headers      jsonb,
  body         text,
  created_at   timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (scope, key)
);
CREATE INDEX idempotent_request_by_age ON idempotent_request (created_at);
