CREATE TABLE cart (
  customer_id text    PRIMARY KEY,
  items       jsonb   NOT NULL DEFAULT '[]',
  -- 0 only within the transaction that stores the cart for the first time
  version     integer NOT NULL DEFAULT 0 CHECK (version >= 0)
);

CREATE TABLE cart_audit (
  customer_id text        NOT NULL,
  -- the cart's version after the change: two changes never make the same one
  version     integer     NOT NULL,
  change      jsonb       NOT NULL,
  changed_at  timestamptz NOT NULL,
  PRIMARY KEY (customer_id, version)
);

-- Without the address: that is personal data, and lies apart.
CREATE TABLE checkout (
  id           uuid        PRIMARY KEY,
  customer_id  text        NOT NULL,
  cart_version integer     NOT NULL,
  data         jsonb       NOT NULL,
  created_at   timestamptz NOT NULL,
  -- the last line of defence against checking out one cart twice
  UNIQUE (customer_id, cart_version)
);

CREATE TABLE variant_copy (
  sku        text    PRIMARY KEY,
  product_id uuid    NOT NULL,
  name       text    NOT NULL,
  options    jsonb   NOT NULL,
  amount     bigint  NOT NULL CHECK (amount >= 0),
  currency   char(3) NOT NULL,
  -- the product's, when Catalog said this
  version    integer NOT NULL
);

-- The newest version whose variants are known, all of them: a copy of an older one is of what is no longer sold.
CREATE TABLE product_version (
  product_id uuid    PRIMARY KEY,
  version    integer NOT NULL
);
