-- How the price of an order came about, as Basket signed it: evidence beside the stream, never changed.
CREATE TABLE price_proof (
  order_id nchar(36)     COLLATE Latin1_General_100_BIN2 NOT NULL PRIMARY KEY,
  proof    nvarchar(max) NOT NULL
);
