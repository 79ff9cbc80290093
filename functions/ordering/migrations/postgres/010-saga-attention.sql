-- The sagas that need attention: noted down by the sagas themselves, since a task hub can only be asked for it by reading
-- every instance. A saga whose step keeps failing has a row; it goes when the step ends.
CREATE TABLE saga_attention (
  instance_id text        PRIMARY KEY,
  order_id    uuid        NOT NULL,
  saga        text        NOT NULL,
  position    jsonb       NOT NULL,
  noted_at    timestamptz NOT NULL
);
CREATE INDEX saga_attention_by_time ON saga_attention (noted_at, instance_id);
CREATE INDEX saga_attention_by_order ON saga_attention (order_id);
