CREATE TABLE category (
  id        uuid    PRIMARY KEY,
  slug      text    NOT NULL UNIQUE,
  name      jsonb   NOT NULL,
  -- NULL: at the top
  parent_id uuid    REFERENCES category (id) CHECK (parent_id <> id),
  -- among its siblings
  position  integer NOT NULL,
  version   integer NOT NULL
);
CREATE INDEX category_by_parent ON category (parent_id);

-- One row: its version grows by one with every change of any category.
CREATE TABLE category_tree (
  one     boolean PRIMARY KEY DEFAULT true CHECK (one),
  version integer NOT NULL
);
INSERT INTO category_tree (version) VALUES (1);

-- A category lies elsewhere, or is called otherwise: the products under it are looked at in chunks.
CREATE TABLE category_change (
  position    bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
  category_id uuid   NOT NULL,
  -- the last product that was looked at, by id
  after       uuid   NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000'
);

CREATE TABLE product (
  id            uuid        PRIMARY KEY,
  slug          text        NOT NULL,
  -- texts by language
  name          jsonb       NOT NULL,
  description   jsonb       NOT NULL,
  brand         text,
  attributes    jsonb       NOT NULL,
  images        jsonb       NOT NULL,
  -- shown on the home page
  featured      boolean     NOT NULL,
  status        text        NOT NULL CHECK (status IN ('draft', 'published', 'discontinued')),
  -- what it is put in, as it was said
  categories    uuid[]      NOT NULL,
  -- its categories and all that these lie under, as others were told with this version
  category_path uuid[]      NOT NULL,
  version       integer     NOT NULL,
  updated_at    timestamptz NOT NULL,
  -- short enough for the cursor of a list by name
  sort_name     text        COLLATE "C" NOT NULL GENERATED ALWAYS AS (lower(name->>'en')) STORED
                            CHECK (length(sort_name) BETWEEN 1 AND 400)
);
CREATE INDEX product_by_name ON product (sort_name, id);
CREATE INDEX product_by_update ON product (updated_at, id);
CREATE INDEX product_by_status ON product (status, sort_name, id);
CREATE INDEX product_by_featured ON product (sort_name, id) WHERE featured;
CREATE INDEX product_by_category ON product USING gin (category_path);

-- Every slug that a product has or had: it belongs to this product for ever, so a redirect never leads to another one.
CREATE TABLE product_slug (
  slug       text PRIMARY KEY,
  product_id uuid NOT NULL REFERENCES product (id)
);

-- What products are put in: a category stays while it has one.
CREATE TABLE product_category (
  product_id  uuid NOT NULL REFERENCES product (id),
  category_id uuid NOT NULL REFERENCES category (id),
  PRIMARY KEY (product_id, category_id)
);
CREATE INDEX product_category_by_category ON product_category (category_id);

-- What is sold, stocked and put in a cart. A SKU belongs to its product for ever: orders and stock know it.
CREATE TABLE variant (
  sku           text    PRIMARY KEY,
  product_id    uuid    NOT NULL REFERENCES product (id),
  -- its place among the product's variants; NULL: the product has it no more
  place         integer,
  gtin          text,
  options       jsonb   NOT NULL,
  min_quantity  integer NOT NULL CHECK (min_quantity > 0),
  max_quantity  integer CHECK (max_quantity >= min_quantity),
  quantity_step integer NOT NULL CHECK (quantity_step > 0),
  backorder     boolean NOT NULL,
  image         text
);
CREATE INDEX variant_by_product ON variant (product_id, place);
