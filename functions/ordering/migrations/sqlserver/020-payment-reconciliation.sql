-- How far the payment provider's lists are settled: its payments, its refunds, and its reports.
CREATE TABLE provider_reconciliation (
  list          nvarchar(40)  COLLATE Latin1_General_100_BIN2 NOT NULL PRIMARY KEY,
  settled_until datetime2(3)  NOT NULL,
  window_end    datetime2(3),
  after_id      nvarchar(255) COLLATE Latin1_General_100_BIN2
);
-- Payments and refunds that are looked at until they are settled.
CREATE TABLE provider_watch (
  list     nvarchar(40)  COLLATE Latin1_General_100_BIN2 NOT NULL,
  id       nvarchar(255) COLLATE Latin1_General_100_BIN2 NOT NULL,
  order_id nchar(36)     COLLATE Latin1_General_100_BIN2 NOT NULL,
  since    datetime2(3)  NOT NULL,
  PRIMARY KEY (list, id)
);
CREATE INDEX provider_watch_by_age ON provider_watch (list, since, id);
