import { createHash } from "node:crypto"
import type { AppUnderTest } from "@eshop/building-blocks/app/testing/app-under-test"
import { newId } from "@eshop/building-blocks/ids"
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest"
import { codeOf } from "../../../../tests/fixtures/http.ts"
import { newDatabase } from "../../../../tests/fixtures/new-database.ts"
import { orderingOn } from "../testing/ordering.ts"
import type { ContactMessage } from "./ports.ts"

let ordering: Awaited<ReturnType<typeof orderingOn>>
let app: AppUnderTest
const taken: ContactMessage[] = []

beforeAll(async () => {
  ordering = await orderingOn(await newDatabase("ordering"))
  app = ordering.appWith({ mailbox: { take: async (message) => void taken.push(message) } })
})
afterAll(() => ordering?.store.close())
beforeEach(async () => {
  taken.length = 0
  await ordering.store.pool.query("DELETE FROM lookup_count")
})

/** The first number with whose hash a message is taken. */
function workFor(id: string): number {
  for (let nonce = 0; ; nonce++)
    if (createHash("sha256").update(`${id}:${nonce}`).digest().readUInt16BE() === 0) return nonce
}

const hello = { name: "Ada", email: "ada@example.com", text: "Where is it?\nIt was to come today." }
const sendTo = (to: AppUnderTest, more: object = {}, id = newId()) =>
  to.as({ kind: "anonymous" })("PUT", `contact-messages/${id}`, { ...hello, nonce: workFor(id), ...more })
const send = (more: object = {}, id = newId()) => sendTo(app, more, id)

test("a message goes to the mailbox as it was written, and lies nowhere else", async () => {
  const id = newId()
  const reply = await send({ order: "AB12-CD34" }, id)
  expect([reply.status, reply.body]).toEqual([202, { status: "accepted" }])
  const [message, ...more] = taken
  expect([message, more]).toEqual([{ ...hello, id, order: "AB12-CD34", at: message?.at }, []])
  const { rows } = await ordering.store.pool.query<{ table: string }>(
    "SELECT relname AS table FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace",
  )
  for (const { table } of rows) {
    const all = await ordering.store.pool.query(`SELECT row_to_json(t)::text AS text FROM "${table}" t`)
    expect([table, JSON.stringify(all.rows).includes("ada@")]).toEqual([table, false])
  }
})

test("without work of its own a message is refused; work for another message does not count", async () => {
  const [id, other] = [newId(), newId()]
  for (const nonce of [workFor(id) + 1, workFor(other)]) {
    const reply = await send({ nonce }, id)
    expect([reply.status, codeOf(reply)]).toEqual([422, "contact.effort-missing"])
  }
  expect(taken).toEqual([])
})

test("who fills in what people do not see is thanked, and read by nobody", async () => {
  expect((await send({ website: "https://spam.example" })).status).toBe(202)
  expect(taken).toEqual([])
})

test.each([
  ["a card number", { text: "My card is 4242 4242 4242 4242" }],
  ["a card number as the order's", { order: "4242424242424242" }],
  ["no text", { text: "  " }],
  ["no e-mail address", { email: "ada" }],
  ["a name of two lines, which would be another header", { name: "Ada\r\nBcc: all@example.com" }],
])("%s is refused", async (_, more) => {
  expect((await send(more)).status).toBe(400)
  expect(taken).toEqual([])
})

test("five an hour from one address, in whatever case, and of everybody what people can read", async () => {
  for (let count = 0; count < 5; count++) expect((await send()).status).toBe(202)
  const refused = await send({ email: "ADA@example.com" })
  expect([refused.status, codeOf(refused), taken.length]).toEqual([429, "contact.too-often", 5])
  expect(refused.headers.get("retry-after")).toMatch(/^3[56]\d\d$/)
  expect((await send({ email: "other@example.com" })).status).toBe(202)
  await ordering.store.pool.query("UPDATE lookup_count SET count = 300 WHERE subject = 'contact of all'")
  expect((await send({ email: "third@example.com" })).status).toBe(429)
  expect(taken.length).toBe(6)
})

test("where nobody would get it, nothing is accepted", async () => {
  const broken = ordering.appWith({ mailbox: { take: () => Promise.reject(new Error("full")) } })
  for (const to of [ordering.appWith(), broken]) {
    const reply = await sendTo(to)
    expect([reply.status, codeOf(reply)]).toEqual([503, "contact.unavailable"])
  }
})
