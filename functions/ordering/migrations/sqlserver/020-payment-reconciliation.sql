-- How far the payments of the provider's list are settled.
CREATE TABLE payment_reconciliation (
  provider      nvarchar(40)  COLLATE Latin1_General_100_BIN2 NOT NULL PRIMARY KEY,
  settled_until datetime2(3)  NOT NULL,
  window_end    datetime2(3),
  after_payment nvarchar(255) COLLATE Latin1_General_100_BIN2
);
-- Payments that are looked at until they are settled.
CREATE TABLE payment_watch (
  payment_id nvarchar(255) COLLATE Latin1_General_100_BIN2 NOT NULL PRIMARY KEY,
  order_id   nchar(36)     COLLATE Latin1_General_100_BIN2 NOT NULL,
  since      datetime2(3)  NOT NULL
);
CREATE INDEX payment_watch_by_age ON payment_watch (since, payment_id);
