import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest"
import { app } from "../app/app.ts"
import type { Caller } from "../app/call.ts"
import { appUnderTest } from "../app/testing/app-under-test.ts"
import { type Audit, auditRoutes } from "../audit/audit.ts"
import { type SqlStore, sqlStores } from "./testing/sql-stores.ts"

for (const { name, isHere, open } of sqlStores)
  describe.skipIf(!isHere)(`the audit trail on ${name}`, () => {
    let under: SqlStore
    let audit: Audit
    beforeAll(async () => {
      under = await open()
      audit = under.audit
    })
    afterAll(() => under?.close())
    beforeEach(() => under.empty())

    const merchant: Caller = { kind: "customer", id: "merchant-1", roles: ["catalog.write"] }
    const timer: Caller = { kind: "system", id: "catalog.start-prices" }
    const now = new Date("2026-11-01T10:00:00.000Z")
    const entry = (subject: string, change: unknown) => ({ subject, action: "thing.changed", change })
    const write = (caller: Caller, ...entries: ReturnType<typeof entry>[]) =>
      under.store.unitOfWork.transaction((tx) => audit.add(tx, { caller, now }, entries))

    test("an entry says who, when and what, the newest first", async () => {
      await write(merchant, entry("thing 1", { from: 1, to: 2 }), entry("thing 2", "a text"))
      await write(timer, entry("thing 1", null))
      const at = now.toISOString()
      expect(await audit.list({ limit: 10 })).toEqual([
        { position: expect.any(Number), at, by: timer, ...entry("thing 1", null) },
        {
          position: expect.any(Number),
          at,
          by: { kind: "customer", id: "merchant-1" },
          ...entry("thing 2", "a text"),
        },
        {
          position: expect.any(Number),
          at,
          by: { kind: "customer", id: "merchant-1" },
          ...entry("thing 1", { from: 1, to: 2 }),
        },
      ])
      expect((await audit.list({ subject: "thing 1", limit: 10 })).map(({ change }) => change)).toEqual([
        null,
        { from: 1, to: 2 },
      ])
    })

    test("a change that was rolled back leaves no entry", async () => {
      await expect(
        under.store.unitOfWork.transaction(async (tx) => {
          await audit.add(tx, { caller: merchant, now }, [entry("thing 1", 1)])
          throw new Error("no")
        }),
      ).rejects.toThrow("no")
      expect(await audit.list({ limit: 10 })).toEqual([])
    })

    const things = () =>
      appUnderTest(app("things", auditRoutes("catalog.write")), { ports: { audit }, store: under.store })

    test("it is filtered by what was done, by whom and when", async () => {
      await write(merchant, { subject: "thing 1", action: "thing.made", change: 1 })
      await write(timer, { subject: "thing 1", action: "thing.moved", change: 2 })
      await write(merchant, { subject: "thing 2", action: "other.moved", change: 3 })
      const send = things().as(merchant)
      const changes = async (query: string) =>
        (await send("GET", `audit?${query}`)).body.items.map(({ change }: { change: unknown }) => change)
      expect(await changes("action=thing.")).toEqual([2, 1])
      expect(await changes("by=merchant-1")).toEqual([3, 1])
      expect(await changes("by=merchant-1&action=thing.&subject=thing%201")).toEqual([1])
      expect(await changes("since=2026-11-01T10:00:00Z&until=2026-11-01T10:00:00.001Z")).toEqual([3, 2, 1])
      expect(await changes("since=2026-11-01T10:00:00.001Z")).toEqual([])
      expect(await changes("until=2026-11-01T10:00:00Z")).toEqual([])
    })

    test("a page of what is filtered ends after 5,000 entries, and the next one goes on", async () => {
      await write(timer, { subject: "thing 1", action: "rare.made", change: 1 })
      await write(timer, ...Array.from({ length: 5_000 }, () => entry("thing 1", 0)))
      const send = things().as(merchant)
      const { body } = await send("GET", "audit?action=rare.")
      expect([body.items, typeof body.nextCursor]).toEqual([[], "string"])
      const next = await send("GET", `audit?action=rare.&cursor=${body.nextCursor}`)
      expect([next.body.items.length, next.body.nextCursor]).toEqual([1, null])
    })

    test("the role reads it page by page, each entry once, and nobody else reads it", async () => {
      const shop = things()
      await write(merchant, ...Array.from({ length: 5 }, (_, index) => entry(`thing ${index % 2}`, index)))
      const send = shop.as(merchant)
      const changes: unknown[][] = []
      for (let path: string | undefined = "audit?limit=2"; path; ) {
        const { status, body } = await send("GET", path)
        expect(status).toBe(200)
        changes.push(body.items.map(({ change }: { change: unknown }) => change))
        path = body.nextCursor ? `audit?limit=2&cursor=${body.nextCursor}` : undefined
      }
      expect(changes).toEqual([[4, 3], [2, 1], [0]])
      expect((await send("GET", "audit?subject=thing%201")).body.items).toHaveLength(2)
      const other = shop.as({ kind: "customer", id: "shopper", roles: [] })
      expect((await other("GET", "audit")).status).toBe(403)
      expect((await shop.as({ kind: "anonymous" })("GET", "audit")).status).toBe(401)
    })
  })
