CREATE TABLE cart (
  customer_id text        PRIMARY KEY,
  -- lines, coupon, delivery, hold and notices
  content     jsonb       NOT NULL DEFAULT '{"items": []}',
  -- 0 only within the transaction that stores the cart for the first time
  version     integer     NOT NULL DEFAULT 0 CHECK (version >= 0),
  touched_at  timestamptz NOT NULL DEFAULT now()
);
-- Abandoned carts: guests' and customers' have a time each.
CREATE INDEX cart_by_age ON cart (starts_with(customer_id, 'guest-'), touched_at);

-- Without the address: that is personal data, and lies apart.
CREATE TABLE checkout (
  id           uuid        PRIMARY KEY,
  customer_id  text        NOT NULL,
  cart_version integer     NOT NULL,
  data         jsonb       NOT NULL,
  created_at   timestamptz NOT NULL,
  -- when its order did not come about and its lines went back
  returned_at  timestamptz,
  -- the last line of defence against checking out one cart twice
  UNIQUE (customer_id, cart_version)
);

CREATE TABLE variant_copy (
  sku        text    PRIMARY KEY,
  product_id uuid    NOT NULL,
  -- as Catalog describes it
  details    jsonb   NOT NULL,
  -- the product's, when Catalog said this
  version    integer NOT NULL
);

-- The newest version whose variants are known, all of them: a copy of an older one is of what is no longer sold.
CREATE TABLE product_version (
  product_id uuid    PRIMARY KEY,
  version    integer NOT NULL
);

CREATE TABLE tax_rates_copy (
  country char(2) PRIMARY KEY,
  rates   jsonb   NOT NULL,
  version integer NOT NULL
);

CREATE TABLE shipping_method (
  id      text    PRIMARY KEY,
  terms   jsonb   NOT NULL,
  version integer NOT NULL CHECK (version > 0)
);
