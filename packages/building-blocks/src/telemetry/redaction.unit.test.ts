import { expect, test } from "vitest"
import { redactedPaths, scrubbed } from "./redaction.ts"

const KEY = "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0"

const secret: readonly (readonly [text: string, left: string])[] = [
  ["a mail to Jane.Doe+shop@mail.example.com failed", "a mail to [redacted] failed"],
  ["für jürgen@bücher.example und o'neil@example.ie", "für [redacted] und [redacted]"],
  ["Key (email)=(a@b.example) already exists", "Key (email)=([redacted]) already exists"],
  ["authorization: Bearer abcdef.ghijkl-mnop", "authorization: [redacted] [redacted]"],
  ["sent bearer abcdefghijklmnop to catalog", "sent bearer [redacted] to catalog"],
  ["Basic dXNlcjpwYXNzd29yZA==", "Basic [redacted]"],
  ["token eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl is old", "token [redacted] is old"],
  ["connect postgres://orders:s3cr%t!@db:5432/orders", "connect postgres://orders:[redacted]@db:5432/orders"],
  ["redis://:pass@cache:6380", "redis://:[redacted]@cache:6380"],
  ["mssql://sa:P%40ss@host/db", "mssql://sa:[redacted]@host/db"],
  [
    `Endpoint=sb://eshop.servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccessKey=${KEY}=`,
    "Endpoint=sb://eshop.servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccessKey=[redacted]",
  ],
  [
    `DefaultEndpointsProtocol=https;AccountName=x;AccountKey=${KEY}==;EndpointSuffix=core.windows.net`,
    "DefaultEndpointsProtocol=https;AccountName=x;AccountKey=[redacted];EndpointSuffix=core.windows.net",
  ],
  [
    "Server=db;User Id=sa;Password=P@ss;Encrypt=true",
    "Server=db;User Id=sa;Password=[redacted];Encrypt=true",
  ],
  [
    "https://x.blob.example/c?sv=2025&sig=abc%2Fdef%3D&se=1",
    "https://x.blob.example/c?sv=2025&sig=[redacted]&se=1",
  ],
  ["https://shop.example/orders/1#token=abc.def", "https://shop.example/orders/1#token=[redacted]"],
  ['{"password":"hunter2","x":1}', '{"password":[redacted],"x":1}'],
  ["set-cookie: session=abc; path=/", "set-cookie: [redacted]; path=/"],
  ["x-api-key: 12345", "x-api-key: [redacted]"],
  ["No such API key: sk_test_eshop_local", "No such API key: [redacted]"],
  ["whsec_eshop_local and pm_card_visa_1234", "[redacted] and [redacted]"],
  ["card 4242 4242 4242 4242 was declined", "card [redacted] was declined"],
  ["pan=5555555555554444", "pan=[redacted]"],
]

test.each(secret)("%s", (text, left) => {
  expect(scrubbed(text)).toBe(left)
  expect(scrubbed(`Error: ${text}\n    at handle (file:///app/main.js:1:2)`)).toBe(
    `Error: ${left}\n    at handle (file:///app/main.js:1:2)`,
  )
})

test.each([
  "order 018f0000-0000-7000-8000-000000000001 is Paid",
  "12345678-1234-7234-8234-123456789012",
  'duplicate key value violates unique constraint "orders_pkey"',
  "connect ECONNREFUSED 127.0.0.1:5432",
  "at 1764128463000, 2026-11-26T03:42:26.325Z",
  "ordering.get-order: refund.unknown",
  "https://pay.example/v1/payment_intents?limit=100",
  "    at file:///app/node_modules/@azure/functions/dist/main.js:10:20",
  "trace 0123456789abcdef0123456789abcdef",
  "the statement was cancelled: a statement timeout",
  "redis is out, carts come from PostgreSQL alone",
])("stays as it is: %s", (text) => {
  expect(scrubbed(text)).toBe(text)
})

test("a long text is cut, and nothing of an address is left at the cut", () => {
  const text = `${"x ".repeat(8_185)}jane.doe@mail.example.com and more`
  expect(scrubbed(text)).toBe(`${"x ".repeat(8_185)}…`)
})

test("a text takes no longer than it is long", () => {
  const started = performance.now()
  for (const part of ["a", "a@", "b.", "1 ", "://", "a:", "key", "-", "eyJ", "a://a:"])
    scrubbed(part.repeat(16_000 / part.length))
  expect(performance.now() - started).toBeLessThan(5_000)
})

test("members are named in every way in which programs and protocols write them", () => {
  for (const name of ["emailAddress", "EmailAddress", "email-address", "email_address", "EMAILADDRESS"])
    expect(redactedPaths).toContain(`["${name}"]`)
  for (const name of ["Authorization", "cookie", "Set-Cookie", "x-api-key", "paymentMethod", "customerId"])
    expect(redactedPaths).toContain(`["${name}"]`)
})
