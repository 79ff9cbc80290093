CREATE TABLE product (
  id          uuid PRIMARY KEY,
  name        text    NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  categories  text[]  NOT NULL CHECK (cardinality(categories) > 0),
  description text    NOT NULL,
  image_file  text    NOT NULL,
  version     integer NOT NULL DEFAULT 1
);
CREATE INDEX product_by_name ON product (name, id);

-- What is sold, stocked and put in a cart.
CREATE TABLE variant (
  sku        text    PRIMARY KEY,
  product_id uuid    NOT NULL REFERENCES product (id),
  -- its place among the product's variants
  place      integer NOT NULL,
  options    jsonb   NOT NULL,
  amount     bigint  NOT NULL CHECK (amount > 0),
  currency   char(3) NOT NULL,
  UNIQUE (product_id, place)
);
