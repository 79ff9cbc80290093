-- Which guest became which customer: by signing in with the guest's token beside the customer's own. The first one to do
-- so stays the one: whoever shows a guest's token later may share a browser, and is not asked about.
CREATE TABLE guest_account (
  guest_id    text        PRIMARY KEY,
  customer_id text        NOT NULL,
  merged_at   timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX guest_account_by_customer ON guest_account (customer_id, merged_at);
