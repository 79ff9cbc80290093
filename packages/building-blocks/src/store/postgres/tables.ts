/**
 * The tables that messaging and idempotency keep in a context's own database, applied before the context's migrations.
 * Nothing is deployed yet: they may change in place until the first release, and by new statements from then on.
 */
export const storeTables = `
CREATE TABLE outbox (
  id           uuid        PRIMARY KEY,
  position     bigint      GENERATED ALWAYS AS IDENTITY,
  topic        text        NOT NULL,
  event        json        NOT NULL,
  redrive_to   text,
  leased_until timestamptz NOT NULL DEFAULT '-infinity',
  added_at     timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX outbox_by_position ON outbox (position);

CREATE TABLE inbox (
  source     text        NOT NULL,
  event_id   text        NOT NULL,
  handled_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (source, event_id)
);
CREATE INDEX inbox_by_age ON inbox (handled_at);

CREATE TABLE parked_message (
  source    text        NOT NULL,
  event_id  text        NOT NULL,
  position  bigint      GENERATED ALWAYS AS IDENTITY,
  topic     text        NOT NULL,
  type      text        NOT NULL,
  reason    text        NOT NULL,
  detail    text        NOT NULL,
  -- json and not jsonb, which refuses U+0000: what is parked may be anything.
  body      json        NOT NULL,
  committed boolean     NOT NULL,
  parked_at timestamptz NOT NULL,
  PRIMARY KEY (source, event_id)
);
CREATE INDEX parked_message_by_position ON parked_message (position);

CREATE TABLE idempotent_request (
  scope      text        NOT NULL,
  key        text        NOT NULL,
  hash       text        NOT NULL,
  result     text,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (scope, key)
);
CREATE INDEX idempotent_request_by_age ON idempotent_request (created_at);

-- What every instance of the app logs from, in place of its setting: one row at the most.
CREATE TABLE log_level (
  id    integer     PRIMARY KEY CHECK (id = 1),
  level text        NOT NULL,
  until timestamptz NOT NULL
);
`

/**
 * Personal data: the customers' wrapped keys, and apart from them what they encrypt; what the law wants kept for longer,
 * under a key for each day on which it is over; and who was forgotten, for a store that is restored from a backup.
 */
export const personalDataTables = `
CREATE TABLE customer_key (
  customer_id text        PRIMARY KEY,
  wrapped_key bytea       NOT NULL,
  key_version text        NOT NULL,
  created_at  timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX customer_key_by_version ON customer_key (key_version);

CREATE TABLE personal_data (
  subject     text        PRIMARY KEY,
  customer_id text        NOT NULL REFERENCES customer_key ON DELETE CASCADE,
  nonce       bytea       NOT NULL,
  ciphertext  bytea       NOT NULL,
  kept_at     timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX personal_data_by_customer ON personal_data (customer_id, subject);
CREATE INDEX personal_data_by_age ON personal_data (kept_at);

CREATE TABLE archive_key (
  kept_until  timestamptz PRIMARY KEY,
  wrapped_key bytea       NOT NULL,
  key_version text        NOT NULL
);

CREATE TABLE archived_data (
  subject    text        PRIMARY KEY,
  kept_until timestamptz NOT NULL REFERENCES archive_key ON DELETE CASCADE,
  asked_by   text        NOT NULL,
  nonce      bytea       NOT NULL,
  ciphertext bytea       NOT NULL
);
CREATE INDEX archived_data_by_end ON archived_data (kept_until);
CREATE INDEX archived_data_by_asker ON archived_data (asked_by, kept_until, subject);

CREATE TABLE erased_customer (
  customer_id  text        PRIMARY KEY,
  erased_until timestamptz NOT NULL
);
`

/** Uploads whose lines a follow-up takes. */
export const uploadTables = `
CREATE TABLE upload_job (
  id           uuid        PRIMARY KEY,
  kind         text        NOT NULL,
  caller       jsonb       NOT NULL,
  parts        int         NOT NULL,
  received     int         NOT NULL DEFAULT 0,
  lines        int         NOT NULL DEFAULT 0,
  position     int         NOT NULL DEFAULT 0,
  status       text        NOT NULL DEFAULT 'open'
    CHECK (status IN ('open', 'waiting', 'running', 'done', 'failed')),
  leased_until timestamptz NOT NULL DEFAULT '-infinity',
  failures     int         NOT NULL DEFAULT 0,
  taken        int         NOT NULL DEFAULT 0,
  refused      int         NOT NULL DEFAULT 0,
  created_at   timestamptz NOT NULL
);
CREATE INDEX upload_job_waiting ON upload_job (kind, created_at) WHERE status IN ('waiting', 'running');
CREATE INDEX upload_job_by_age ON upload_job (kind, created_at);

CREATE TABLE upload_part (
  job_id  uuid  NOT NULL REFERENCES upload_job (id) ON DELETE CASCADE,
  number  int   NOT NULL,
  lines   int   NOT NULL CHECK (lines > 0),
  hash    bytea NOT NULL,
  -- Gone once the job is done or given up.
  content bytea,
  PRIMARY KEY (job_id, number)
);

CREATE TABLE upload_result (
  job_id  uuid NOT NULL REFERENCES upload_job (id) ON DELETE CASCADE,
  line    int  NOT NULL,
  outcome text NOT NULL,
  code    text,
  detail  text,
  pointer text,
  PRIMARY KEY (job_id, line)
);
CREATE INDEX upload_result_refused ON upload_result (job_id, line) WHERE outcome = 'refused';
`

/** Who changed what and when. */
export const auditTable = `
CREATE TABLE audit (
  position    bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at          timestamptz NOT NULL,
  caller_kind text        NOT NULL,
  caller      text,
  subject     text        NOT NULL,
  action      text        NOT NULL,
  change      jsonb       NOT NULL
);
CREATE INDEX audit_by_subject ON audit (subject, position);
`
