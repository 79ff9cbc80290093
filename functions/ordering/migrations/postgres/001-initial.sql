-- The stream is the truth; the primary key is the optimistic concurrency: two writers of one version collide.
-- The hash chains an event to the one before (SHA-256 over canonical JSON, packages/domain/src/ordering/stream-chain.ts).
CREATE TABLE order_event (
  order_id uuid    NOT NULL,
  version  integer NOT NULL,
  type     text    NOT NULL,
  event    jsonb   NOT NULL,
  hash     text    NOT NULL,
  PRIMARY KEY (order_id, version)
);

-- The state that the stream tells of, and the hash that the stream ends with, kept in the same transaction.
CREATE TABLE orders (
  id          uuid        PRIMARY KEY,
  number      text        NOT NULL,
  customer_id text        NOT NULL,
  status      text        NOT NULL,
  version     integer     NOT NULL,
  hash        text        NOT NULL,
  state       jsonb       NOT NULL,
  changed_at  timestamptz NOT NULL,
  submitted_at    timestamptz NOT NULL,
  needs_attention boolean     NOT NULL
);
CREATE INDEX orders_under_way ON orders (changed_at)
  WHERE status IN ('Submitted', 'AwaitingStock', 'AwaitingPayment');

-- What operators search by, newest first.
CREATE INDEX orders_by_time ON orders (submitted_at, id);
CREATE INDEX orders_by_status ON orders (status, submitted_at, id);
CREATE INDEX orders_by_customer ON orders (customer_id, submitted_at, id);
CREATE INDEX orders_by_number ON orders (number);
CREATE INDEX orders_needing_attention ON orders (submitted_at, id) WHERE needs_attention;
CREATE TABLE order_sku (
  sku          text        NOT NULL,
  submitted_at timestamptz NOT NULL,
  order_id     uuid        NOT NULL,
  PRIMARY KEY (sku, submitted_at, order_id)
);

CREATE INDEX orders_with_coupons ON orders (id) WHERE state->'couponCodes' <> '[]';

-- What each projection has still to follow, marked in the transaction of the change: nothing can slip through, however
-- long a writer stays open.
CREATE TABLE projection_pending (
  projection text    NOT NULL,
  order_id   uuid    NOT NULL,
  version    integer NOT NULL,
  PRIMARY KEY (projection, order_id)
);

-- The customers' read model: a document store's table until Cosmos takes its place.
CREATE TABLE order_view (
  id           uuid        PRIMARY KEY,
  customer_id  text        NOT NULL,
  status       text        NOT NULL,
  submitted_at timestamptz NOT NULL,
  version      integer     NOT NULL,
  view         jsonb       NOT NULL,
  details      jsonb       NOT NULL
);
CREATE INDEX order_view_by_customer ON order_view (customer_id, submitted_at DESC, id DESC);
