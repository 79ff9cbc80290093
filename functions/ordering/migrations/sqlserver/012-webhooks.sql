-- Who wants to hear what happens to orders. A secret is not stored: it is derived from a key of this version and its number.
CREATE TABLE webhook_subscription (
  id                nchar(36)      COLLATE Latin1_General_100_BIN2 NOT NULL PRIMARY KEY,
  url               nvarchar(max)  NOT NULL,
  description       nvarchar(max)  NOT NULL,
  disabled_for      nvarchar(100)  COLLATE Latin1_General_100_BIN2 NULL,
  version           int            NOT NULL,
  secret_number     int            NOT NULL,
  secret_key        nvarchar(100)  COLLATE Latin1_General_100_BIN2 NOT NULL,
  old_secret_number int            NULL,
  old_secret_key    nvarchar(100)  COLLATE Latin1_General_100_BIN2 NULL,
  old_secret_until  datetime2(3)   NULL,
  created_at        datetime2(3)   NOT NULL,
  changed_at        datetime2(3)   NOT NULL,
  last_success_at   datetime2(3)   NULL,
  throttled_until   datetime2(3)   NULL
);

CREATE TABLE webhook_subscription_type (
  type            nvarchar(100) COLLATE Latin1_General_100_BIN2 NOT NULL,
  subscription_id nchar(36)     COLLATE Latin1_General_100_BIN2 NOT NULL,
  PRIMARY KEY (type, subscription_id)
);
CREATE INDEX webhook_subscription_type_of ON webhook_subscription_type (subscription_id);

CREATE TABLE webhook_delivery (
  id              nchar(36)     COLLATE Latin1_General_100_BIN2 NOT NULL PRIMARY KEY,
  subscription_id nchar(36)     COLLATE Latin1_General_100_BIN2 NOT NULL,
  type            nvarchar(100) COLLATE Latin1_General_100_BIN2 NOT NULL,
  body            nvarchar(max) NOT NULL,
  state           nvarchar(20)  COLLATE Latin1_General_100_BIN2 NOT NULL,
  attempts        int           NOT NULL,
  created_at      datetime2(3)  NOT NULL,
  due_at          datetime2(3)  NOT NULL,
  attempted_at    datetime2(3)  NULL,
  status          int           NULL,
  error           nvarchar(max) NULL,
  response        nvarchar(max) NULL,
  milliseconds    int           NULL
);
CREATE INDEX webhook_delivery_due ON webhook_delivery (subscription_id, due_at) WHERE state = N'pending';
CREATE INDEX webhook_delivery_log ON webhook_delivery (subscription_id, created_at DESC, id DESC);
CREATE INDEX webhook_delivery_by_age ON webhook_delivery (created_at);
