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

CREATE TABLE stock (
  sku      text    PRIMARY KEY REFERENCES variant (sku),
  on_hand  integer NOT NULL CHECK (on_hand >= 0),
  reserved integer NOT NULL DEFAULT 0,
  -- the last line of defence against overselling
  CHECK (reserved BETWEEN 0 AND on_hand)
);

CREATE TABLE reservation (
  order_id   uuid        PRIMARY KEY,
  status     text        NOT NULL CHECK (status IN ('held', 'committed', 'released', 'expired', 'rejected')),
  lines      jsonb       NOT NULL,
  expires_at timestamptz NOT NULL
);
CREATE INDEX reservation_by_expiry ON reservation (expires_at) WHERE status = 'held';
