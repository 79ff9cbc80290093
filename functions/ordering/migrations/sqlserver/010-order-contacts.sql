-- By what an order is found by whoever knows its number and the e-mail address that it was placed with. The address is an
-- HMAC here, under the key of the version beside it; the rows of a customer who is forgotten are deleted.
CREATE TABLE order_contact (
  order_id     nchar(36)     COLLATE Latin1_General_100_BIN2 NOT NULL PRIMARY KEY,
  order_number nvarchar(40)  COLLATE Latin1_General_100_BIN2 NOT NULL,
  customer_id  nvarchar(128) COLLATE Latin1_General_100_BIN2 NOT NULL,
  key_version  nvarchar(100) COLLATE Latin1_General_100_BIN2 NOT NULL,
  email_digest nvarchar(200) COLLATE Latin1_General_100_BIN2 NOT NULL
);
CREATE INDEX order_contact_by_number ON order_contact (order_number);
CREATE INDEX order_contact_by_email ON order_contact (email_digest, key_version, order_id);
CREATE INDEX order_contact_by_customer ON order_contact (customer_id);

-- How often something was asked for since its window began; the subject is an HMAC as well.
CREATE TABLE lookup_count (
  subject  nvarchar(200) COLLATE Latin1_General_100_BIN2 NOT NULL PRIMARY KEY,
  begun_at datetime2(3)  NOT NULL,
  [count]  int           NOT NULL
);
CREATE INDEX lookup_count_by_age ON lookup_count (begun_at);
