-- What a variant costs, for whom, when, and from how many units on. A row is never changed but ended: the ended ones are
-- the history.
CREATE TABLE price (
  id             uuid        PRIMARY KEY,
  sku            text        NOT NULL REFERENCES variant (sku),
  amount         bigint      NOT NULL CHECK (amount > 0),
  currency       char(3)     NOT NULL,
  min_quantity   integer     NOT NULL CHECK (min_quantity > 0),
  -- NULL: for everybody
  customer_group text,
  -- inclusive and exclusive; NULL: always
  valid_from     timestamptz,
  valid_until    timestamptz CHECK (valid_until > valid_from),
  tax_category   text        NOT NULL,
  includes_tax   boolean     NOT NULL,
  recorded_at    timestamptz NOT NULL,
  -- NULL: not ended
  superseded_at  timestamptz CHECK (superseded_at >= recorded_at)
);
CREATE INDEX price_in_force ON price (sku, superseded_at);
CREATE INDEX price_history ON price (sku, recorded_at, id);

-- What one unit costs everybody, as other contexts were last told, and when time alone will change it.
CREATE TABLE announced_price (
  sku        text        PRIMARY KEY REFERENCES variant (sku),
  -- NULL: one unit has no price
  amount     bigint,
  currency   char(3),
  since      timestamptz NOT NULL,
  -- NULL: it stays until somebody edits the prices
  changes_at timestamptz
);
CREATE INDEX announced_price_due ON announced_price (changes_at) WHERE changes_at IS NOT NULL;
