-- The sagas that need attention: noted down by the sagas themselves, since a task hub can only be asked for it by reading
-- every instance. A saga whose step keeps failing has a row; it goes when the step ends.
CREATE TABLE saga_attention (
  instance_id nvarchar(200) COLLATE Latin1_General_100_BIN2 NOT NULL PRIMARY KEY,
  order_id    nchar(36)     COLLATE Latin1_General_100_BIN2 NOT NULL,
  saga        nvarchar(100) COLLATE Latin1_General_100_BIN2 NOT NULL,
  position    nvarchar(max) NOT NULL,
  noted_at    datetime2(3)  NOT NULL
);
CREATE INDEX saga_attention_by_time ON saga_attention (noted_at, instance_id);
CREATE INDEX saga_attention_by_order ON saga_attention (order_id);
