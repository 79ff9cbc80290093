-- How far the watch over the unfinished orders has come: one row.
CREATE TABLE order_watch (
  id             int          NOT NULL PRIMARY KEY,
  changed_at     datetime2(3) NULL,
  order_id       nchar(36)    COLLATE Latin1_General_100_BIN2 NULL,
  round_began_at datetime2(3) NOT NULL
);
