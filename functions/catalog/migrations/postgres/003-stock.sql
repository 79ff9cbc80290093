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
