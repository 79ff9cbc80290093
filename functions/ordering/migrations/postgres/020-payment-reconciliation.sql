-- How far the payment provider's lists are settled: its payments, its refunds, and its reports.
CREATE TABLE provider_reconciliation (
  list          text        PRIMARY KEY,
  settled_until timestamptz NOT NULL,
  window_end    timestamptz,
  after_id      text
);
-- Payments and refunds that are looked at until they are settled.
CREATE TABLE provider_watch (
  list     text        NOT NULL,
  id       text        NOT NULL,
  order_id uuid        NOT NULL,
  since    timestamptz NOT NULL,
  PRIMARY KEY (list, id)
);
CREATE INDEX provider_watch_by_age ON provider_watch (list, since, id);
