-- What is still to be done for an order after its payment: it is to be shipped or closed, or a refund is not settled.
ALTER TABLE orders ADD COLUMN unfinished boolean NOT NULL DEFAULT false;
CREATE INDEX orders_unfinished ON orders (changed_at, id) WHERE unfinished;

-- How far the watch over these orders has come: one row.
CREATE TABLE order_watch (
  id              integer     PRIMARY KEY,
  changed_at      timestamptz,
  order_id        uuid,
  round_began_at  timestamptz NOT NULL
);
