-- How far the payments of the provider's list are settled.
CREATE TABLE payment_reconciliation (
  provider      text        PRIMARY KEY,
  settled_until timestamptz NOT NULL,
  window_end    timestamptz,
  after_payment text
);
-- Payments that are looked at until they are settled.
CREATE TABLE payment_watch (
  payment_id text        PRIMARY KEY,
  order_id   uuid        NOT NULL,
  since      timestamptz NOT NULL
);
CREATE INDEX payment_watch_by_age ON payment_watch (since, payment_id);
