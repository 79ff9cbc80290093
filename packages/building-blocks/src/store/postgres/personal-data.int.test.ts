import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { inspect } from "node:util"
import type { Cloud } from "@eshop/local-cloud/cloud"
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest"
import { startParts } from "../../../../../tests/fixtures/local-parts.ts"
import { PersonalDataError } from "../../personal-data/personal-data.ts"
import { PersonalDataSettings } from "../../personal-data/wrapping-keys.ts"
import { readSettings } from "../../settings.ts"
import { applyMigrations } from "./migrations.ts"
import { postgresPersonalData } from "./personal-data.ts"
import { type PostgresStore, postgresStore } from "./postgres-store.ts"

const keyOf = (byte: number) => Buffer.alloc(32, byte).toString("base64")
const settings = (text: string) =>
  readSettings(PersonalDataSettings, { PERSONAL_DATA_KEYS: text }).PERSONAL_DATA_KEYS
const withKeys = (text: string) => postgresPersonalData(store.pool, settings(text))

let cloud: Cloud
let store: PostgresStore
beforeAll(async () => {
  cloud = await startParts(["postgres"])
  const none = await mkdtemp(join(tmpdir(), "eshop-migrations-"))
  await applyMigrations(cloud.connections.postgres.basket, none)
  await rm(none, { recursive: true })
  store = postgresStore(cloud.connections.postgres.basket)
})
afterAll(async () => {
  await store?.close()
  await cloud?.stop()
})
beforeEach(async () => {
  await store.pool.query("DELETE FROM customer_key")
})

const ada = { customerId: "ada", subject: "order-1", data: { name: "Ada", email: "ada@example.com" } }
const put = (record = ada, keys = `a:${keyOf(1)}`) =>
  store.unitOfWork.transaction((tx) => withKeys(keys).put(tx, record))
const find = (subject = ada.subject, keys = `a:${keyOf(1)}`) => withKeys(keys).find(subject)
const forget = (customerId = "ada") =>
  store.unitOfWork.transaction((tx) => withKeys(`a:${keyOf(1)}`).forget(tx, customerId))
const counts = async () => {
  const { rows } = await store.pool.query(
    "SELECT (SELECT count(*) FROM customer_key) AS keys, (SELECT count(*) FROM personal_data) AS records",
  )
  return rows[0]
}

test("data comes back to who asks for its subject, and lies nowhere in the clear", async () => {
  const { commitment } = await put()
  expect(await find()).toEqual({ customerId: "ada", data: ada.data, commitment })
  expect(commitment).toMatch(/^[0-9a-f]{64}$/)
  const { rows } = await store.pool.query("SELECT encode(ciphertext, 'escape') AS text FROM personal_data")
  expect(rows[0].text).not.toContain("Ada")
  expect(await find("order-2")).toBeUndefined()
})

test("a commitment tells nothing: the same data has another one each time, and keeps it while it is kept", async () => {
  const first = await put()
  const second = await put({ ...ada, subject: "order-2" })
  expect(first.commitment).not.toBe(second.commitment)
  expect([await find(), await find("order-2")]).toMatchObject([first, second])
  const changed = await put({ ...ada, data: { ...ada.data, name: "Ada L." } })
  expect(changed.commitment).not.toBe(first.commitment)
  expect(await find()).toMatchObject({ data: { name: "Ada L." }, ...changed })
  expect(await counts()).toEqual({ keys: 1, records: 2 })
})

test("20 first writes of one customer at once use one key", async () => {
  await Promise.all(Array.from({ length: 20 }, (_, n) => put({ ...ada, subject: `order-${n}` })))
  expect(await counts()).toEqual({ keys: 1, records: 20 })
  for (let n = 0; n < 20; n++) expect((await find(`order-${n}`))?.data).toEqual(ada.data)
})

test("what is rolled back leaves neither key nor data", async () => {
  const failing = store.unitOfWork.transaction(async (tx) => {
    await withKeys(`a:${keyOf(1)}`).put(tx, ada)
    throw new Error("died here")
  })
  await expect(failing).rejects.toThrow("died here")
  expect(await counts()).toEqual({ keys: 0, records: 0 })
})

test("a subject is one customer's", async () => {
  await put()
  await expect(put({ ...ada, customerId: "bob" })).rejects.toThrow("order-1 is another customer's")
  expect([await find(), await counts()]).toMatchObject([{ customerId: "ada" }, { keys: 1, records: 1 }])
})

describe("a forgotten customer", () => {
  test("is gone once, with everything; the others stay", async () => {
    await put()
    await put({ ...ada, subject: "order-2" })
    await put({ ...ada, customerId: "bob", subject: "order-3" })
    expect((await Promise.all([forget(), forget(), forget("nobody")])).sort()).toEqual([false, false, true])
    expect([await forget(), await find(), await find("order-2")]).toEqual([false, undefined, undefined])
    expect(await find("order-3")).toMatchObject({ customerId: "bob" })
    expect(await counts()).toEqual({ keys: 1, records: 1 })
  })

  test("cannot be read from a copy of the data that was made before", async () => {
    await put()
    const { rows } = await store.pool.query("SELECT * FROM personal_data")
    expect(await forget()).toBe(true)
    // The same customer comes again, with a key of its own.
    await put({ ...ada, subject: "order-2" })
    const { subject, customer_id, nonce, ciphertext } = rows[0]
    await store.pool.query("INSERT INTO personal_data VALUES ($1, $2, $3, $4)", [
      subject,
      customer_id,
      nonce,
      ciphertext,
    ])
    await expect(find()).rejects.toThrow(PersonalDataError)
  })

  test("takes along what is being written at the same time", async () => {
    await put()
    const goOn = Promise.withResolvers<void>()
    const written = Promise.withResolvers<void>()
    const writing = store.unitOfWork.transaction(async (tx) => {
      await withKeys(`a:${keyOf(1)}`).put(tx, { ...ada, subject: "order-2" })
      written.resolve()
      await goOn.promise
    })
    await written.promise
    const forgotten = forget()
    goOn.resolve()
    await writing
    expect([await forgotten, await counts()]).toEqual([true, { keys: 0, records: 0 }])
  })
})

test.each([
  ["ciphertext", "personal_data SET ciphertext = set_byte(ciphertext, 3, get_byte(ciphertext, 3) # 1)"],
  [
    "tag",
    "personal_data SET ciphertext = set_byte(ciphertext, length(ciphertext) - 1, get_byte(ciphertext, length(ciphertext) - 1) # 1)",
  ],
  ["nonce", "personal_data SET nonce = set_byte(nonce, 0, get_byte(nonce, 0) # 1)"],
  ["length", "personal_data SET ciphertext = ''"],
  ["subject", "personal_data SET subject = 'order-1' WHERE subject = 'order-2'"],
  ["wrapped key", "customer_key SET wrapped_key = set_byte(wrapped_key, 20, get_byte(wrapped_key, 20) # 1)"],
])("a changed %s is an error", async (what, change) => {
  await put(what === "subject" ? { ...ada, subject: "order-2" } : ada)
  await store.pool.query(`UPDATE ${change}`)
  await expect(find()).rejects.toThrow("cannot be opened: it was changed, or the key is another")
})

describe("wrapping keys", () => {
  test("rotate: the first wraps, the others still unwrap", async () => {
    await put()
    const both = `b:${keyOf(2)} a:${keyOf(1)}`
    await put({ ...ada, subject: "order-2" }, both)
    await put({ ...ada, customerId: "bob", subject: "order-3" }, both)
    const { rows } = await store.pool.query("SELECT customer_id, key_version FROM customer_key ORDER BY 1")
    expect(rows).toEqual([
      { customer_id: "ada", key_version: "a" },
      { customer_id: "bob", key_version: "b" },
    ])
    for (const subject of ["order-1", "order-2", "order-3"])
      expect((await find(subject, both))?.data).toEqual(ada.data)
  })

  test("that are missing or others are an error that shows none of them", async () => {
    await put()
    await expect(find("order-1", `b:${keyOf(2)}`)).rejects.toThrow(/^PERSONAL_DATA_KEYS has no version 'a'/)
    const other = await find("order-1", `a:${keyOf(2)}`).catch((error) => error)
    expect(other).toBeInstanceOf(PersonalDataError)
    expect(inspect(other)).not.toMatch(/AgICAgIC|AQEBAQEB/)
    expect(inspect(settings(`a:${keyOf(1)}`))).not.toMatch(/AQEBAQEB/)
  })

  test.each([
    "",
    "a",
    "a:",
    `:${keyOf(1)}`,
    `a:${keyOf(1).slice(4)}`,
    `a:${keyOf(1)} a:${keyOf(2)}`,
    `a:${keyOf(1)},b:${keyOf(2)}`,
  ])("are not %j", (text) => {
    expect(() => settings(text)).toThrow("PERSONAL_DATA_KEYS: Must be one or more version:key")
    expect(() => settings(text)).not.toThrow(/AQEB|AgIC/)
  })
})
