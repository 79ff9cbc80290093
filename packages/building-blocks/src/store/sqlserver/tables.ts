/**
 * The tables that messaging and idempotency keep in a context's own database, as in ../postgres/tables.ts. What is
 * compared as a text has a binary collation: others take `a` for `A`. Ids are `nchar(36)`, since UUIDv7 in this form
 * grows with time; a `uniqueidentifier` is sorted by its random end. All texts are national ones, as parameters are. No
 * text is a foreign key: not every server can follow one in another collation than its database's.
 */
export const storeTables = `
CREATE TABLE outbox (
  id           nchar(36)     COLLATE Latin1_General_100_BIN2 NOT NULL PRIMARY KEY,
  position     bigint        IDENTITY(1, 1) NOT NULL,
  topic        nvarchar(100) COLLATE Latin1_General_100_BIN2 NOT NULL,
  event        nvarchar(max) NOT NULL,
  redrive_to   nvarchar(100) COLLATE Latin1_General_100_BIN2 NULL,
  leased_until datetime2(3)  NOT NULL,
  added_at     datetime2(3)  NOT NULL DEFAULT SYSUTCDATETIME()
);
CREATE INDEX outbox_by_position ON outbox (position);

CREATE TABLE inbox (
  message_key nchar(64)     COLLATE Latin1_General_100_BIN2 NOT NULL PRIMARY KEY,
  handled_at  datetime2(3)  NOT NULL
);
CREATE INDEX inbox_by_age ON inbox (handled_at);

CREATE TABLE parked_message (
  message_key nchar(64)     COLLATE Latin1_General_100_BIN2 NOT NULL PRIMARY KEY,
  position    bigint        IDENTITY(1, 1) NOT NULL,
  source      nvarchar(max) NOT NULL,
  event_id    nvarchar(max) NOT NULL,
  topic       nvarchar(max) NOT NULL,
  type        nvarchar(max) NOT NULL,
  reason      nvarchar(max) NOT NULL,
  detail      nvarchar(max) NOT NULL,
  body        nvarchar(max) NOT NULL,
  committed   bit           NOT NULL,
  parked_at   datetime2(3)  NOT NULL
);
CREATE INDEX parked_message_by_position ON parked_message (position);

CREATE TABLE idempotent_request (
  request_key nchar(64)     COLLATE Latin1_General_100_BIN2 NOT NULL PRIMARY KEY,
  hash        nvarchar(64)  COLLATE Latin1_General_100_BIN2 NOT NULL,
  result      nvarchar(max) NULL,
  created_at  datetime2(3)  NOT NULL
);
CREATE INDEX idempotent_request_by_age ON idempotent_request (created_at);

CREATE TABLE log_level (
  id    int           NOT NULL PRIMARY KEY CHECK (id = 1),
  level nvarchar(10)  NOT NULL,
  until datetime2(3)  NOT NULL
);
`

/**
 * Personal data: the customers' wrapped keys, and apart from them what they encrypt; what the law wants kept for longer,
 * under a key for each day on which it is over; and who was forgotten, for a store that is restored from a backup.
 */
export const personalDataTables = `
CREATE TABLE customer_key (
  customer_id nvarchar(128)  COLLATE Latin1_General_100_BIN2 NOT NULL PRIMARY KEY,
  wrapped_key varbinary(200) NOT NULL,
  key_version nvarchar(100)  COLLATE Latin1_General_100_BIN2 NOT NULL,
  created_at  datetime2(3)   NOT NULL
);
CREATE INDEX customer_key_by_version ON customer_key (key_version);

CREATE TABLE personal_data (
  subject     nvarchar(200)  COLLATE Latin1_General_100_BIN2 NOT NULL PRIMARY KEY,
  customer_id nvarchar(128)  COLLATE Latin1_General_100_BIN2 NOT NULL,
  nonce       varbinary(12)  NOT NULL,
  ciphertext  varbinary(max) NOT NULL,
  kept_at     datetime2(3)   NOT NULL
);
CREATE INDEX personal_data_by_customer ON personal_data (customer_id, subject);

CREATE TABLE archive_key (
  kept_until  datetime2(3)   NOT NULL PRIMARY KEY,
  wrapped_key varbinary(200) NOT NULL,
  key_version nvarchar(100)  COLLATE Latin1_General_100_BIN2 NOT NULL
);

CREATE TABLE archived_data (
  subject    nvarchar(200)  COLLATE Latin1_General_100_BIN2 NOT NULL PRIMARY KEY,
  kept_until datetime2(3)   NOT NULL REFERENCES archive_key (kept_until) ON DELETE CASCADE,
  asked_by   nvarchar(128)  COLLATE Latin1_General_100_BIN2 NOT NULL,
  nonce      varbinary(12)  NOT NULL,
  ciphertext varbinary(max) NOT NULL
);
CREATE INDEX archived_data_by_end ON archived_data (kept_until);
CREATE INDEX archived_data_by_asker ON archived_data (asked_by, kept_until, subject);

CREATE TABLE erased_customer (
  customer_id  nvarchar(128) COLLATE Latin1_General_100_BIN2 NOT NULL PRIMARY KEY,
  erased_until datetime2(3)  NOT NULL
);
`

/** Who changed what and when. */
export const auditTable = `
CREATE TABLE audit (
  position    bigint        IDENTITY(1, 1) NOT NULL PRIMARY KEY,
  [at]        datetime2(3)  NOT NULL,
  caller_kind nvarchar(20)  COLLATE Latin1_General_100_BIN2 NOT NULL,
  caller      nvarchar(200) COLLATE Latin1_General_100_BIN2 NULL,
  subject     nvarchar(200) COLLATE Latin1_General_100_BIN2 NOT NULL,
  action      nvarchar(200) COLLATE Latin1_General_100_BIN2 NOT NULL,
  change      nvarchar(max) NOT NULL
);
CREATE INDEX audit_by_subject ON audit (subject, position);
`
