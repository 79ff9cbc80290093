-- How the price of an order came about, as Basket signed it: evidence beside the stream, never changed.
CREATE TABLE price_proof (
  order_id uuid PRIMARY KEY,
  proof    text NOT NULL
);
