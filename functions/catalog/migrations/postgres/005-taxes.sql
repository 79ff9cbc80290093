CREATE TABLE tax_country (
  country char(2) PRIMARY KEY,
  -- grows with every change of one of its rates
  version integer NOT NULL
);

-- The tax on what is sold to a country, or to one of its states. That no two of them hold at one time is the domain's rule;
-- the country's row is locked meanwhile.
CREATE TABLE tax_rate (
  country      char(2)     NOT NULL REFERENCES tax_country (country),
  -- its place in the list as it was set
  place        integer     NOT NULL,
  -- NULL: in all states that have no rate of their own
  state        text,
  tax_category text        NOT NULL,
  -- thousandths of a percent
  rate         integer     NOT NULL CHECK (rate BETWEEN 0 AND 100000),
  valid_from   timestamptz NOT NULL,
  valid_until  timestamptz CHECK (valid_until > valid_from),
  PRIMARY KEY (country, place)
);
