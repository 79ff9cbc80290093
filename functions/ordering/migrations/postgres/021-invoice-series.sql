-- The last number of each year's series of invoices. It is counted up in the transaction that pays an order, so that
-- a number is given once, and none is lost.
CREATE TABLE invoice_series (
  year        integer PRIMARY KEY,
  last_number integer NOT NULL
);
