-- Words are compared without accents: `café` finds cafe, and the other way round.
CREATE EXTENSION IF NOT EXISTS unaccent;

-- As they are, in lower case: for prefixes, and for the vocabulary.
CREATE TEXT SEARCH CONFIGURATION search_plain (COPY = simple);
ALTER TEXT SEARCH CONFIGURATION search_plain
  ALTER MAPPING FOR hword, hword_part, word WITH unaccent, simple;
-- Without endings.
CREATE TEXT SEARCH CONFIGURATION search_en (COPY = english);
ALTER TEXT SEARCH CONFIGURATION search_en
  ALTER MAPPING FOR hword, hword_part, word WITH unaccent, english_stem;
CREATE TEXT SEARCH CONFIGURATION search_de (COPY = german);
ALTER TEXT SEARCH CONFIGURATION search_de
  ALTER MAPPING FOR hword, hword_part, word WITH unaccent, german_stem;

-- What products are filtered by and counted under: a value of a dimension. Numbers instead of texts make entries small.
CREATE TABLE search_facet (
  id        integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  -- `category`, `brand`, `price`, `stock`, or the name of an attribute or option behind `attributes.`
  dimension text    NOT NULL,
  value     text    NOT NULL,
  UNIQUE (dimension, value)
);

-- What is found, and how: one row for each product that is published and has a price. Everything here is made of the
-- other tables and can be made anew.
CREATE TABLE search_entry (
  product_id  uuid      PRIMARY KEY REFERENCES product (id),
  -- what one unit of the cheapest variant costs everybody
  amount      bigint    NOT NULL,
  currency    char(3)   NOT NULL,
  in_stock    boolean   NOT NULL,
  facets      integer[] NOT NULL,
  -- minus the microseconds at which it was first to be found: every order of hits ascends
  newness     bigint    NOT NULL DEFAULT -(extract(epoch FROM now()) * 1000000)::bigint,
  -- by language, in lower case and without accents; a product without a translation is there in English
  name_en     text      COLLATE "C" NOT NULL,
  name_de     text      COLLATE "C" NOT NULL,
  document_en tsvector  NOT NULL,
  document_de tsvector  NOT NULL
);
-- A document stays in its row: ranking reads it of every hit.
ALTER TABLE search_entry SET (toast_tuple_target = 8160);
-- What waits to be put into an index is read by every search: little may wait (kB).
CREATE INDEX search_entry_by_facet ON search_entry USING gin (facets) WITH (gin_pending_list_limit = 256);
CREATE INDEX search_entry_by_document_en ON search_entry USING gin (document_en) WITH (gin_pending_list_limit = 256);
CREATE INDEX search_entry_by_document_de ON search_entry USING gin (document_de) WITH (gin_pending_list_limit = 256);
CREATE INDEX search_entry_by_amount ON search_entry (amount, product_id);
CREATE INDEX search_entry_by_amount_down ON search_entry ((-amount), product_id);
CREATE INDEX search_entry_by_name_en ON search_entry (name_en, product_id);
CREATE INDEX search_entry_by_name_de ON search_entry (name_de, product_id);
CREATE INDEX search_entry_by_newness ON search_entry (newness, product_id);

-- The words of names, brands, categories and attributes: what a misspelt word may have meant.
CREATE TABLE search_word (
  language text NOT NULL,
  word     text NOT NULL COLLATE "C",
  PRIMARY KEY (language, word)
);

-- Products whose entries a timer makes anew.
CREATE TABLE search_stale (
  product_id uuid PRIMARY KEY REFERENCES product (id)
);
