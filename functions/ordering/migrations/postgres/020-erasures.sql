-- Who wants to be forgotten, until it is done. What was kept by `requested_at` is meant, by the clock of this store, as
-- everything else that is compared with it.
CREATE TABLE erasure_request (
  customer_id  text        PRIMARY KEY,
  requested_at timestamptz NOT NULL,
  -- when it is looked at next: an order may be under way
  look_at      timestamptz NOT NULL
);
CREATE INDEX erasure_request_due ON erasure_request (look_at);
