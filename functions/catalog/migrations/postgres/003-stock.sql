-- Where stock lies; an order is served from the lowest priority on.
CREATE TABLE stock_location (
  id       text    PRIMARY KEY,
  priority integer NOT NULL
);
INSERT INTO stock_location (id, priority) VALUES ('main', 0);

CREATE TABLE stock (
  sku          text    NOT NULL REFERENCES variant (sku),
  location     text    NOT NULL DEFAULT 'main' REFERENCES stock_location (id),
  on_hand      integer NOT NULL DEFAULT 0,
  reserved     integer NOT NULL DEFAULT 0 CHECK (reserved >= 0),
  safety_stock integer NOT NULL DEFAULT 0 CHECK (safety_stock >= 0),
  -- more is promised or sold than was there, on purpose: the variant is sold beyond its stock
  overdrawn    boolean NOT NULL DEFAULT false,
  PRIMARY KEY (sku, location),
  -- the last line of defence against overselling
  CHECK (overdrawn OR reserved <= on_hand)
);

CREATE TABLE reservation (
  order_id    uuid        PRIMARY KEY,
  status      text        NOT NULL
    CHECK (status IN ('awaited', 'held', 'rejected', 'expired', 'committed', 'released')),
  wanted      jsonb       NOT NULL,
  given_back  jsonb       NOT NULL,
  returns     jsonb       NOT NULL,
  allocations jsonb       NOT NULL,
  expires_at  timestamptz NOT NULL
);
CREATE INDEX reservation_by_expiry ON reservation (expires_at) WHERE status = 'held';

CREATE TABLE stock_hold (
  hold_id     uuid        PRIMARY KEY,
  -- NULL: whoever names it may take it
  customer_id text,
  status      text        NOT NULL CHECK (status IN ('held', 'taken', 'released', 'expired')),
  lines       jsonb       NOT NULL,
  allocations jsonb       NOT NULL,
  made_at     timestamptz NOT NULL,
  expires_at  timestamptz NOT NULL
);
CREATE INDEX stock_hold_by_expiry ON stock_hold (expires_at) WHERE status = 'held';
CREATE INDEX stock_hold_by_customer ON stock_hold (customer_id) WHERE customer_id IS NOT NULL;
CREATE INDEX stock_hold_ended ON stock_hold (expires_at) WHERE status <> 'held';
