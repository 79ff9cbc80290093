import { expect, test } from "vitest"
import { summaryOf } from "./database-call.ts"

test.each([
  ["SELECT * FROM orders WHERE id = $1", "SELECT orders", "SELECT", "orders"],
  [
    "select id from orders o join order_event e on e.id = o.id",
    "SELECT orders order_event",
    "SELECT",
    undefined,
  ],
  [
    "INSERT INTO inbox (source, event_id) VALUES ($1, $2) ON CONFLICT DO NOTHING",
    "INSERT inbox",
    "INSERT",
    "inbox",
  ],
  [
    "INSERT INTO outbox (id) SELECT *, 1 FROM unnest($1::uuid[]) ON CONFLICT (id) DO UPDATE SET id = 1",
    "INSERT outbox SELECT",
    "INSERT",
    "outbox",
  ],
  [
    `UPDATE outbox SET leased_until = now() WHERE id IN (
       SELECT id FROM outbox WHERE leased_until IS DISTINCT FROM $1 FOR UPDATE SKIP LOCKED)`,
    "UPDATE outbox SELECT outbox",
    "UPDATE",
    "outbox",
  ],
  ["DELETE TOP (1000) FROM inbox WITH (READPAST)", "DELETE inbox", "DELETE", "inbox"],
  [
    "WITH taken AS (DELETE FROM parked RETURNING *) SELECT * FROM taken",
    "DELETE parked SELECT taken",
    "DELETE",
    undefined,
  ],
  ["COMMIT", "COMMIT", "COMMIT", undefined],
  ["SET LOCAL statement_timeout = 1", "", "EXECUTE", undefined],
])("%s", (statement, text, operation, collection) => {
  expect(summaryOf(statement)).toEqual({ text, operation, ...(collection && { collection }) })
})

test("a summary holds no value", () => {
  expect(summaryOf("SELECT 'a@b.example' FROM \"people\" WHERE name = 'Ada' AND n = 42").text).toBe(
    'SELECT "people"',
  )
})
