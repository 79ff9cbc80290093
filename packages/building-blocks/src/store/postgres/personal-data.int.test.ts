import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { inspect } from "node:util"
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest"
import { newDatabase } from "../../../../../tests/fixtures/new-database.ts"
import { PersonalDataError } from "../../personal-data/personal-data.ts"
import { PersonalDataSettings } from "../../personal-data/wrapping-keys.ts"
import { readSettings } from "../../settings.ts"
import { postgresArchive } from "./archive.ts"
import { postgresErasedCustomers } from "./erased-customers.ts"
import { applyMigrations } from "./migrations.ts"
import { postgresPersonalData } from "./personal-data.ts"
import { type PostgresStore, postgresStore } from "./postgres-store.ts"
import { postgresWrappedKeys } from "./wrapped-keys.ts"

const keyOf = (byte: number) => Buffer.alloc(32, byte).toString("base64")
const settings = (text: string) =>
  readSettings(PersonalDataSettings, { PERSONAL_DATA_KEYS: text }).PERSONAL_DATA_KEYS
const withKeys = (text: string) => postgresPersonalData(store.pool, settings(text))

let url: string
let store: PostgresStore
beforeAll(async () => {
  url = await newDatabase("basket")
  const none = await mkdtemp(join(tmpdir(), "eshop-migrations-"))
  await applyMigrations(url, none)
  await rm(none, { recursive: true })
  store = postgresStore(url)
})
afterAll(() => store?.close())
beforeEach(async () => {
  await store.pool.query("DELETE FROM customer_key")
  await store.pool.query("DELETE FROM archive_key")
})

const ada = { customerId: "ada", subject: "order-1", data: { name: "Ada", email: "ada@example.com" } }
const put = (record = ada, keys = `a:${keyOf(1)}`) =>
  store.unitOfWork.transaction((tx) => withKeys(keys).put(tx, record))
const find = (subject = ada.subject, keys = `a:${keyOf(1)}`) => withKeys(keys).find(subject)
/** Everything until now, by the clock of the database. */
const forget = async (customerId = "ada", until?: Date) => {
  const { rows } = await store.pool.query<{ now: Date }>("SELECT clock_timestamp() + interval '1 ms' AS now")
  return await store.unitOfWork.transaction((tx) =>
    withKeys(`a:${keyOf(1)}`).forget(tx, customerId, until ?? (rows[0]?.now as Date)),
  )
}
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
    // What is put is only sent: it may come after a time that is asked for now.
    const forgotten = forget("ada", new Date(Date.now() + 60_000))
    goOn.resolve()
    await writing
    expect([await forgotten, await counts()]).toEqual([true, { keys: 0, records: 0 }])
  })

  test("who came again meanwhile keeps what came since, under another key and with its commitment", async () => {
    await put()
    // A date has milliseconds: neither what is put nor what follows must lie in the same one.
    const { rows } = await store.pool.query("SELECT clock_timestamp() + interval '1 ms' AS until")
    await store.pool.query("SELECT pg_sleep(0.003)")
    const since = await put({ ...ada, subject: "order-2" })
    const keyBefore = await theKey()
    for (const expected of [true, false]) {
      expect(await forget("ada", rows[0].until)).toBe(expected)
      expect([await find(), await find("order-2")]).toEqual([
        undefined,
        { customerId: "ada", data: ada.data, ...since },
      ])
      expect(await counts()).toEqual({ keys: 1, records: 1 })
    }
    expect(await theKey()).not.toEqual(keyBefore)
    expect([await forget(), await counts()]).toEqual([true, { keys: 0, records: 0 }])
  })

  test("locked, keeps whoever writes waiting, who then has a key of their own", async () => {
    const order: string[] = []
    const locked = Promise.withResolvers<void>()
    const goOn = Promise.withResolvers<void>()
    const forgetting = store.unitOfWork.transaction(async (tx) => {
      const personalData = withKeys(`a:${keyOf(1)}`)
      // Nobody knows the customer yet: whoever writes first waits all the same.
      await personalData.lock(tx, "ada")
      locked.resolve()
      await goOn.promise
      await personalData.forget(tx, "ada", new Date(Date.now() + 60_000))
      order.push("forgotten")
    })
    await locked.promise
    const writing = put().then(() => order.push("written"))
    goOn.resolve()
    await Promise.all([forgetting, writing])
    expect([order, (await find())?.data]).toEqual([["forgotten", "written"], ada.data])
  })
})

const theKey = async () => (await store.pool.query("SELECT wrapped_key FROM customer_key")).rows

test("a customer's data is listed, the newest subject first, and nobody else's", async () => {
  await put()
  await put({ ...ada, subject: "order-2" })
  await put({ ...ada, customerId: "bob", subject: "order-3" })
  const personalData = withKeys(`a:${keyOf(1)}`)
  expect(await personalData.ofCustomer("ada", 10)).toEqual([
    { subject: "order-2", data: ada.data },
    { subject: "order-1", data: ada.data },
  ])
  expect(await personalData.ofCustomer("ada", 1)).toHaveLength(1)
  expect(await personalData.ofCustomer("nobody", 10)).toEqual([])
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

describe("the archive", () => {
  const archive = (keys = `a:${keyOf(1)}`) => postgresArchive(store.pool, settings(keys))
  const until = (year: number) => new Date(Date.UTC(year, 0, 1))
  const keep = (subject: string, year: number, data: unknown = ada.data) =>
    store.unitOfWork.transaction((tx) =>
      archive().keep(tx, { subject, data, until: until(year), askedBy: "ada" }),
    )
  const rows = async () => (await store.pool.query("SELECT subject, ciphertext FROM archived_data")).rows

  test("keeps data until its day, sealed, and forgets it then with its key", async () => {
    await keep("order-1", 2037)
    await keep("order-2", 2037)
    await keep("order-3", 2038)
    expect(await archive().find("order-1")).toEqual({ data: ada.data, until: until(2037) })
    expect(JSON.stringify(await rows())).not.toContain(Buffer.from("Ada").toString("hex"))
    await archive().forgetOver(new Date(until(2037).getTime() - 1))
    expect(await rows()).toHaveLength(3)
    await archive().forgetOver(until(2037))
    expect([await archive().find("order-1"), await archive().find("order-2")]).toEqual([undefined, undefined])
    expect(await archive().find("order-3")).toEqual({ data: ada.data, until: until(2038) })
    const keys = await store.pool.query("SELECT kept_until FROM archive_key")
    expect(keys.rows).toEqual([{ kept_until: until(2038) }])
  })

  test("keeps what it has when it is told again", async () => {
    await keep("order-1", 2037)
    await keep("order-1", 2039, { name: "Bob" })
    expect(await archive().find("order-1")).toEqual({ data: ada.data, until: until(2037) })
  })
})

describe("who was forgotten", () => {
  const erased = () => postgresErasedCustomers(store.pool)
  const record = (customerId: string, day: number) =>
    store.unitOfWork.transaction((tx) =>
      erased().record(tx, { customerId, until: new Date(Date.UTC(2026, 10, day)).toISOString() }),
    )

  test("is listed by id, page by page, with the latest moment", async () => {
    for (const [id, day] of [
      ["b", 2],
      ["a", 1],
      ["c", 3],
      ["b", 4],
      ["c", 1],
    ] as const)
      await record(id, day)
    const until = (day: number) => new Date(Date.UTC(2026, 10, day)).toISOString()
    expect(await erased().list(undefined, 2)).toEqual([
      { customerId: "a", until: until(1) },
      { customerId: "b", until: until(4) },
    ])
    expect(await erased().list("b", 2)).toEqual([{ customerId: "c", until: until(3) }])
  })
})

describe("wrapping keys", () => {
  const rewrap = (keys: string, limit: number) => {
    const wrappedKeys = postgresWrappedKeys(store.pool, settings(keys))
    return store.unitOfWork.transaction((tx) => wrappedKeys.rewrap(tx, limit))
  }

  test("are changed in chunks by several at once, after which the old version opens nothing and is not needed", async () => {
    for (let n = 0; n < 25; n++) await put({ ...ada, customerId: `customer-${n}`, subject: `order-${n}` })
    await store.unitOfWork.transaction((tx) =>
      postgresArchive(store.pool, settings(`a:${keyOf(1)}`)).keep(tx, {
        subject: "order-0",
        data: ada.data,
        until: new Date(Date.UTC(2037, 0, 1)),
        askedBy: "ada",
      }),
    )
    const both = `b:${keyOf(2)} a:${keyOf(1)}`
    const versions = postgresWrappedKeys(store.pool, settings(both)).versions
    expect(await versions()).toEqual([{ version: "a", keys: 26 }])
    let rewrapped = 0
    for (let some = -1; some !== 0; rewrapped += some)
      some = (await Promise.all([rewrap(both, 4), rewrap(both, 4)])).reduce((sum, one) => sum + one)
    expect([rewrapped, await versions()]).toEqual([26, [{ version: "b", keys: 26 }]])
    for (let n = 0; n < 25; n++) expect((await find(`order-${n}`, `b:${keyOf(2)}`))?.data).toEqual(ada.data)
    expect(await postgresArchive(store.pool, settings(`b:${keyOf(2)}`)).find("order-0")).toMatchObject({
      data: ada.data,
    })
    expect(await rewrap(`b:${keyOf(2)}`, 4)).toBe(0)
  })

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
