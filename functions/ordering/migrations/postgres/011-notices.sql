-- Notices to customers that wait for their sending: ids and facts, never whom they go to.
CREATE TABLE notice (
  id         uuid        PRIMARY KEY,
  kind       text        NOT NULL,
  facts      text        NOT NULL,
  attempts   integer     NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL DEFAULT now(),
  due_at     timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX notice_due ON notice (due_at);
