-- The stream is the truth; the primary key is the optimistic concurrency: two writers of one version collide.
CREATE TABLE order_event (
  order_id uuid    NOT NULL,
  version  integer NOT NULL,
  type     text    NOT NULL,
  event    jsonb   NOT NULL,
  PRIMARY KEY (order_id, version)
);

-- The state that the stream tells of, kept in the same transaction.
CREATE TABLE orders (
  id                uuid    PRIMARY KEY,
  customer_id       text    NOT NULL,
  status            text    NOT NULL,
  version           integer NOT NULL,
  state             jsonb   NOT NULL,
  projected_version integer NOT NULL DEFAULT 0
);
CREATE INDEX orders_to_project ON orders (id) WHERE projected_version < version;

-- The customers' read model: a document store's table until Cosmos takes its place.
CREATE TABLE order_view (
  id           uuid        PRIMARY KEY,
  customer_id  text        NOT NULL,
  submitted_at timestamptz NOT NULL,
  version      integer     NOT NULL,
  view         jsonb       NOT NULL
);
CREATE INDEX order_view_by_customer ON order_view (customer_id, submitted_at DESC, id DESC);

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
