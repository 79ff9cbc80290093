CREATE TABLE cart (
  customer_id uuid    PRIMARY KEY,
  items       jsonb   NOT NULL DEFAULT '[]',
  -- 0 only within the transaction that stores the cart for the first time
  version     integer NOT NULL DEFAULT 0 CHECK (version >= 0)
);

CREATE TABLE cart_audit (
  customer_id uuid        NOT NULL,
  -- the cart's version after the change: two changes never make the same one
  version     integer     NOT NULL,
  change      jsonb       NOT NULL,
  changed_at  timestamptz NOT NULL,
  PRIMARY KEY (customer_id, version)
);

CREATE TABLE checkout (
  id           uuid        PRIMARY KEY,
  customer_id  uuid        NOT NULL,
  cart_version integer     NOT NULL,
  data         jsonb       NOT NULL,
  created_at   timestamptz NOT NULL,
  -- the last line of defence against checking out one cart twice
  UNIQUE (customer_id, cart_version)
);

CREATE TABLE product_copy (
  product_id uuid    PRIMARY KEY,
  name       text    NOT NULL,
  amount     bigint  NOT NULL CHECK (amount >= 0),
  currency   char(3) NOT NULL,
  version    integer NOT NULL
);

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
