-- Who wants to be forgotten, until it is done. What was kept by `requested_at` is meant, by the clock of this store, as
-- everything else that is compared with it.
CREATE TABLE erasure_request (
  customer_id  nvarchar(128) COLLATE Latin1_General_100_BIN2 NOT NULL PRIMARY KEY,
  requested_at datetime2(3)  NOT NULL,
  -- when it is looked at next: an order may be under way
  look_at      datetime2(3)  NOT NULL
);
CREATE INDEX erasure_request_due ON erasure_request (look_at);
