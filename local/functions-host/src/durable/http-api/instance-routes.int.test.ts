/** The routes below `instances/` where a mistake would be quiet: filters, entities as instances, URLs. */

import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { startDurableApp } from "../testing/hub.ts"

let app: Awaited<ReturnType<typeof startDurableApp>>

beforeAll(async () => {
  app = await startDurableApp("durable-features")
})
afterAll(() => app.close())

describe("a status that no instance has", () => {
  beforeAll(async () => {
    for (const id of ["ended-1", "ended-2"]) {
      await app.start("fanOut", 1, id)
      await app.reaches(id, "Completed")
    }
  })
  const ids = async (query: string) => {
    const answer = await app.request("GET", app.webhook(`instances?${query}`))
    return (answer.json() as { instanceId: string }[]).map(({ instanceId }) => instanceId)
  }
  const purge = (query: string) =>
    app.request("DELETE", app.webhook(`instances?createdTimeFrom=2020-01-01T00:00:00Z&${query}`))

  test.each(["runtimeStatus=Canceled", "runtimeStatus=bogus", "runtimeStatus=", "RuntimeStatus=completed"])(
    "matches nothing: %s",
    async (query) => {
      expect(await ids(query)).toEqual([])
      expect((await purge(query)).status).toBe(404)
      expect(await ids("")).toEqual(["ended-1", "ended-2"])
    },
  )

  test("adds nothing to the statuses beside it, in one parameter or several", async () => {
    expect(await ids("runtimeStatus=Canceled,Completed")).toEqual(["ended-1", "ended-2"])
    expect(await ids("runtimeStatus=bogus&runtimeStatus=Running")).toEqual([])
    expect((await purge("runtimeStatus=bogus&runtimeStatus=Running")).status).toBe(404)
    expect((await purge("runtimeStatus=bogus&runtimeStatus=Completed")).json()).toEqual({
      instancesDeleted: 2,
    })
    expect(await ids("")).toEqual([])
  })
})

test("an entity is an instance to the client", async () => {
  const id = "@account@as-instance"
  expect((await app.client("getStatus", id)).error).toContain("404")
  expect(await app.client("purgeInstanceHistory", id)).toEqual({ value: { instancesDeleted: 0 } })
  await app.client("signalEntity", { name: "Account", key: "as-instance" }, "add", 5)
  let found = await app.client("getStatus", id, { showInput: true })
  while (found.error) found = await app.client("getStatus", id, { showInput: true })
  expect(found.value).toMatchObject({
    name: "@account",
    instanceId: id,
    runtimeStatus: "Running",
    input: { exists: true, state: '{"balance":5}' },
    customStatus: { entityExists: true },
    output: null,
  })
  expect(await app.client("purgeInstanceHistory", id)).toEqual({ value: { instancesDeleted: 1 } })
  expect((await app.client("getStatus", id)).error).toContain("404")
  expect((await app.request("GET", app.webhook("entities/Account/as-instance"))).status).toBe(404)
})

describe("management URLs", () => {
  test("work for an id with a space", async () => {
    const answer = await app.request("POST", app.webhook("orchestrators/forever/with%20a%20space"))
    const { id, statusQueryGetUri, terminatePostUri } = answer.json() as Record<string, string>
    expect(id).toBe("with a space")
    expect(answer.headers.get("location")).toBe(statusQueryGetUri)
    const status = await app.request("GET", statusQueryGetUri as string)
    expect([status.status, (status.json() as { instanceId: string }).instanceId]).toEqual([
      202,
      "with a space",
    ])
    expect((await app.request("POST", terminatePostUri as string)).status).toBe(202)
  })

  const gateway = { "x-forwarded-host": "shop.example:8443", "x-forwarded-proto": "https" }
  const origins = (urls: Record<string, string>) =>
    new Set(Object.entries(urls).flatMap(([key, url]) => (key === "id" ? [] : [new URL(url).origin])))

  test("of the web hook lead back through the gateway", async () => {
    const url = app.webhook("orchestrators/forever/by-gateway")
    const started = await app.request("POST", url, "null", gateway)
    expect(origins(started.json() as Record<string, string>)).toEqual(new Set(["https://shop.example:8443"]))
    const status = await app.request("GET", app.webhook("instances/by-gateway"), undefined, gateway)
    expect(status.headers.get("location")).toBe(
      "https://shop.example:8443/runtime/webhooks/durabletask/instances/by-gateway",
    )
  })

  test("of the client library in an HTTP function lead back through the gateway", async () => {
    const body = { call: "createCheckStatusResponse", args: ["by-gateway"] }
    const answer = await app.request("POST", `${app.host.baseUrl}/api/client`, body, gateway)
    expect(answer.status).toBe(202)
    expect(origins(answer.json() as Record<string, string>)).toEqual(new Set(["https://shop.example:8443"]))
  })
})
