-- The stream is the truth; the primary key is the optimistic concurrency: two writers of one version collide.
-- The hash chains an event to the one before (SHA-256 over canonical JSON, packages/domain/src/ordering/stream-chain.ts).
CREATE TABLE order_event (
  order_id nchar(36)     COLLATE Latin1_General_100_BIN2 NOT NULL,
  version  int           NOT NULL,
  type     nvarchar(100) COLLATE Latin1_General_100_BIN2 NOT NULL,
  event    nvarchar(max) NOT NULL,
  hash     nvarchar(64)  COLLATE Latin1_General_100_BIN2 NOT NULL,
  PRIMARY KEY (order_id, version)
) /* append-only ledger */;

-- The state that the stream tells of, and the hash that the stream ends with, kept in the same transaction. An order is
-- unfinished while, after its payment, it is to be shipped or closed or a refund is not settled.
CREATE TABLE orders (
  id              nchar(36)     COLLATE Latin1_General_100_BIN2 NOT NULL PRIMARY KEY,
  number          nvarchar(40)  COLLATE Latin1_General_100_BIN2 NOT NULL,
  customer_id     nvarchar(128) COLLATE Latin1_General_100_BIN2 NOT NULL,
  status          nvarchar(20)  COLLATE Latin1_General_100_BIN2 NOT NULL,
  version         int           NOT NULL,
  hash            nvarchar(64)  COLLATE Latin1_General_100_BIN2 NOT NULL,
  state           nvarchar(max) NOT NULL,
  submitted_at    datetime2(3)  NOT NULL,
  changed_at      datetime2(3)  NOT NULL,
  has_coupons     bit           NOT NULL,
  needs_attention bit           NOT NULL,
  unfinished      bit           NOT NULL
);
CREATE INDEX orders_under_way ON orders (changed_at)
  WHERE status IN (N'Submitted', N'AwaitingStock', N'AwaitingPayment');
CREATE INDEX orders_with_coupons ON orders (id) WHERE has_coupons = 1;
CREATE INDEX orders_unfinished ON orders (changed_at, id) WHERE unfinished = 1;

-- What operators search by, newest first.
CREATE INDEX orders_by_time ON orders (submitted_at, id);
CREATE INDEX orders_by_status ON orders (status, submitted_at, id);
CREATE INDEX orders_by_customer ON orders (customer_id, submitted_at, id);
CREATE INDEX orders_by_number ON orders (number);
CREATE INDEX orders_needing_attention ON orders (submitted_at, id) WHERE needs_attention = 1;
CREATE TABLE order_sku (
  sku          nvarchar(40) COLLATE Latin1_General_100_BIN2 NOT NULL,
  submitted_at datetime2(3) NOT NULL,
  order_id     nchar(36)    COLLATE Latin1_General_100_BIN2 NOT NULL,
  PRIMARY KEY (sku, submitted_at, order_id)
);

-- What each projection has still to follow, marked in the transaction of the change: nothing can slip through, however
-- long a writer stays open. Each version has a mark of its own, so that no writer waits for a projector's.
CREATE TABLE projection_pending (
  projection nvarchar(100) COLLATE Latin1_General_100_BIN2 NOT NULL,
  order_id   nchar(36)     COLLATE Latin1_General_100_BIN2 NOT NULL,
  version    int           NOT NULL,
  PRIMARY KEY (projection, order_id, version)
);

-- The customers' read model, where no document database keeps it.
CREATE TABLE order_view (
  id           nchar(36)     COLLATE Latin1_General_100_BIN2 NOT NULL PRIMARY KEY,
  customer_id  nvarchar(128) COLLATE Latin1_General_100_BIN2 NOT NULL,
  status       nvarchar(20)  COLLATE Latin1_General_100_BIN2 NOT NULL,
  submitted_at datetime2(3)  NOT NULL,
  version      int           NOT NULL,
  document     nvarchar(max) NOT NULL,
  details      nvarchar(max) NOT NULL
);
CREATE INDEX order_view_by_customer ON order_view (customer_id, submitted_at DESC, id DESC);
