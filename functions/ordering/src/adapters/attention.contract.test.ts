import { fileURLToPath } from "node:url"
import type { UnitOfWork } from "@eshop/building-blocks/app/call"
import { newId } from "@eshop/building-blocks/ids"
import { applyMigrations } from "@eshop/building-blocks/store/postgres/migrations"
import { postgresStore } from "@eshop/building-blocks/store/postgres/postgres-store"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { newDatabase } from "../../../../tests/fixtures/new-database.ts"
import { hasSqlServer, sqlServerName } from "../../../../tests/fixtures/sql-server.ts"
import type { Attention, SagaInNeed } from "../sagas/attention.ts"
import { newOrderingOnSqlServer } from "../testing/sql-server.ts"
import { postgresAttention } from "./postgres-attention.ts"
import { sqlServerAttention } from "./sqlserver/attention.ts"

/** Every adapter of the port comes here; each must pass the same suite. */
type Made = {
  readonly attention: Attention
  readonly unitOfWork: UnitOfWork
  close(): Promise<void>
}

async function onPostgres(): Promise<Made> {
  const url = await newDatabase("ordering")
  await applyMigrations(url, fileURLToPath(new URL("../../migrations/postgres", import.meta.url)))
  const { pool, unitOfWork, close } = postgresStore(url)
  return { attention: postgresAttention(pool), unitOfWork, close }
}

async function onSqlServer(): Promise<Made> {
  const { store, close } = await newOrderingOnSqlServer()
  return { attention: sqlServerAttention(store.pool), unitOfWork: store.unitOfWork, close }
}

for (const { name, isHere, open } of [
  { name: "PostgreSQL", isHere: true, open: onPostgres },
  { name: sqlServerName, isHere: hasSqlServer, open: onSqlServer },
])
  describe.skipIf(!isHere)(`the sagas that need attention on ${name}`, () => {
    let made: Made
    beforeAll(async () => {
      made = await open()
    })
    afterAll(async () => {
      await made?.close()
    })

    const inNeed = (orderId: string, more: Partial<SagaInNeed> = {}): SagaInNeed => ({
      instanceId: orderId,
      orderId,
      saga: "checkout",
      position: { step: "capture-payment", needsAttention: true, attempt: 7, hears: ["retry"] },
      notedAt: new Date("2026-11-01T10:00:00.123Z"),
      ...more,
    })
    const note = (saga: SagaInNeed) => made.unitOfWork.transaction((tx) => made.attention.note(tx, saga))
    const strike = (id: string) => made.unitOfWork.transaction((tx) => made.attention.strike(tx, id))

    test("are listed from the oldest on, page by page, until they are struck out", async () => {
      const [a, b, c] = [newId(), newId(), newId()].toSorted() as [string, string, string]
      const first = inNeed(c, { notedAt: new Date("2026-11-01T09:00:00.000Z"), saga: "refund" })
      for (const one of [inNeed(b), first, inNeed(a)]) await note(one)
      expect(await made.attention.list(undefined, 2)).toEqual([first, inNeed(a)])
      expect(await made.attention.list(inNeed(a), 2)).toEqual([inNeed(b)])
      expect(await made.attention.countBySaga()).toEqual({ checkout: 2, refund: 1 })
      await strike(a)
      await strike(a)
      await strike(newId())
      expect(await made.attention.list(undefined, 10)).toEqual([first, inNeed(b)])
      for (const id of [b, c]) await strike(id)
      expect(await made.attention.list(undefined, 10)).toEqual([])
    })

    test("keep the first note of each, also when it is said many times at once", async () => {
      const id = newId()
      const instanceId = `${id}-refund-${id}`
      await note(inNeed(id, { instanceId }))
      const later = { instanceId, notedAt: new Date("2026-11-01T11:00:00.000Z"), saga: "refund" }
      await Promise.all(Array.from({ length: 10 }, () => note(inNeed(id, later))))
      expect(await made.attention.list(undefined, 10)).toEqual([inNeed(id, { instanceId })])
      await strike(instanceId)
    })
  })
