-- Notices to customers that wait for their sending: ids and facts, never whom they go to.
CREATE TABLE notice (
  id         nchar(36)     COLLATE Latin1_General_100_BIN2 NOT NULL PRIMARY KEY,
  kind       nvarchar(100) COLLATE Latin1_General_100_BIN2 NOT NULL,
  facts      nvarchar(max) NOT NULL,
  attempts   int           NOT NULL,
  created_at datetime2(3)  NOT NULL,
  due_at     datetime2(3)  NOT NULL
);
CREATE INDEX notice_due ON notice (due_at);
