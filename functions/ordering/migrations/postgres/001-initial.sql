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
  id          uuid        PRIMARY KEY,
  customer_id text        NOT NULL,
  status      text        NOT NULL,
  version     integer     NOT NULL,
  state       jsonb       NOT NULL,
  changed_at  timestamptz NOT NULL
);
CREATE INDEX orders_under_way ON orders (changed_at)
  WHERE status IN ('Submitted', 'AwaitingStock', 'AwaitingPayment');

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
  submitted_at timestamptz NOT NULL,
  version      integer     NOT NULL,
  view         jsonb       NOT NULL
);
CREATE INDEX order_view_by_customer ON order_view (customer_id, submitted_at DESC, id DESC);
