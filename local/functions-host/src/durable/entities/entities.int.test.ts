/** Entities on the real library over a real host. */

import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { startDurableApp } from "../testing/hub.ts"

let app: Awaited<ReturnType<typeof startDurableApp>>

beforeAll(async () => {
  app = await startDurableApp("durable-features")
})
afterAll(() => app.close())

describe("entities", () => {
  const entity = (key: string, query = "") => app.webhook(`entities/Account/${key}${query}`)
  const balance = async (key: string, wanted: number) => {
    for (;;) {
      const answer = await app.request("GET", entity(key))
      if (answer.status === 200 && (answer.json() as { balance: number }).balance === wanted) return
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  }

  test("keep their state, signal each other, and are listed and deleted", async () => {
    expect((await app.request("GET", entity("a"))).status).toBe(404)
    for (let index = 0; index < 10; index++) {
      expect((await app.request("POST", entity("a", "?op=add"), "1")).status).toBe(202)
    }
    await balance("a", 10)
    await app.client("signalEntity", { name: "Account", key: "a" }, "forward", "b")
    await balance("b", 10)
    await app.restart()
    await balance("a", 10)
    const list = (
      await app.request("GET", app.webhook("entities/account?fetchState=true"))
    ).json() as unknown[]
    expect(list).toEqual([
      {
        entityId: { name: "account", key: "a" },
        lastOperationTime: expect.any(String),
        state: { balance: 10 },
      },
      {
        entityId: { name: "account", key: "b" },
        lastOperationTime: expect.any(String),
        state: { balance: 10 },
      },
    ])
    expect((await app.request("DELETE", entity("b"))).status).toBe(202)
    while ((await app.request("GET", entity("b"))).status !== 404)
      await new Promise((resolve) => setTimeout(resolve, 10))
    expect((await app.request("POST", app.webhook("entities/Nobody/x?op=add"), "1")).status).toBe(400)
  })

  test("are locked by one orchestration at a time", async () => {
    await app.request("POST", entity("from", "?op=add"), "100")
    await balance("from", 100)
    const ids: string[] = []
    for (let index = 0; index < 12; index++)
      ids.push(await app.start("transfer", { from: "from", to: "to", amount: 10 }))
    const outputs: unknown[] = []
    for (const id of ids) outputs.push((await app.reaches(id, "Completed")).output)
    expect(outputs.filter((output) => output === "insufficient").length).toBe(2)
    await balance("from", 0)
    await balance("to", 100)
  })

  test("that fail reach the orchestrator as an error", async () => {
    expect((await app.run("entityFailure")).json()).toBe("no operation bogus")
  })
})
