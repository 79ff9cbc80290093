-- By what an order is found by whoever knows its number and the e-mail address that it was placed with. The address is an
-- HMAC here, under the key of the version beside it; the rows of a customer who is forgotten are deleted.
CREATE TABLE order_contact (
  order_id     uuid PRIMARY KEY,
  order_number text NOT NULL,
  customer_id  text NOT NULL,
  key_version  text NOT NULL,
  email_digest text NOT NULL
);
CREATE INDEX order_contact_by_number ON order_contact (order_number);
CREATE INDEX order_contact_by_email ON order_contact (email_digest, key_version, order_id);
CREATE INDEX order_contact_by_customer ON order_contact (customer_id);

-- How often something was asked for since its window began; the subject is an HMAC as well.
CREATE TABLE lookup_count (
  subject  text        PRIMARY KEY,
  begun_at timestamptz NOT NULL,
  count    integer     NOT NULL
);
CREATE INDEX lookup_count_by_age ON lookup_count (begun_at);
