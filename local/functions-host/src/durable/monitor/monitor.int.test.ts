/** The API of the public Durable Functions Monitor, asked as its page asks. */

import { afterAll, beforeAll, describe, expect, test, vi } from "vitest"
import { startDurableApp } from "../testing/hub.ts"

let app: Awaited<ReturnType<typeof startDurableApp>>
const token = { cookie: "other=1; x-dfm-xsrf-token=abc", "x-dfm-xsrf-token": "abc" }

/** Sends what the page would. */
async function ask(method: string, path: string, body?: unknown, headers: Record<string, string> = token) {
  const answer = await app.request(method, `${app.host.baseUrl}/a/p/i/${path}`, body, headers)
  return {
    status: answer.status,
    body: answer.text.startsWith("{") || answer.text.startsWith("[") ? answer.json() : answer.text,
  }
}
const read = (path: string) => ask("GET", `--DurableFeatures/${path}`)
const post = (path: string, body?: unknown) => ask("POST", `--DurableFeatures/${path}`, body)
const list = async (query: Record<string, string>) =>
  (await read(`orchestrations?${new URLSearchParams(query)}`)).body as Record<string, unknown>[]
const idsOf = (rows: readonly Record<string, unknown>[]) => rows.map(({ instanceId }) => instanceId)

beforeAll(async () => {
  app = await startDurableApp("durable-features")
  await app.start("child", { value: 1 }, "a-done")
  await app.reaches("a-done", "Completed")
  await app.start("failing", undefined, "b-failed")
  await app.reaches("b-failed", "Failed")
  await app.start("forever", { order: "x" }, "c-waiting")
  await app.reaches("c-waiting", "Running", ({ customStatus }) => customStatus === "waiting")
  await app.start("parent", undefined, "d-parent")
  await app.reaches("d-parent", "Completed")
  await post("orchestrations('@account@mine')/raise-event", { name: "add", data: 5 })
  await vi.waitFor(async () => {
    expect(await list({ $filter: "runtimeStatus in ('DurableEntities')" })).toHaveLength(1)
  })
})
afterAll(() => app.close())

describe("who may ask", () => {
  test("a caller without the token, or with another one in its cookie, is 401", async () => {
    const about = "--DurableFeatures/about"
    for (const headers of [{}, { "x-dfm-xsrf-token": "abc" }, { ...token, cookie: "x-dfm-xsrf-token=b" }])
      expect((await ask("GET", about, undefined, headers as Record<string, string>)).status).toBe(401)
  })

  test("another hub is 401, none at all 400, another path 404", async () => {
    expect((await ask("GET", "--Other/about")).status).toBe(401)
    expect((await ask("GET", "conn-DurableFeatures/about")).status).toBe(401)
    expect((await ask("GET", "--a/about")).status).toBe(400)
    expect((await read("nothing")).status).toBe(404)
    expect((await ask("DELETE", "--DurableFeatures/orchestrations")).status).toBe(404)
  })

  test("which hub, which version, what is permitted", async () => {
    expect((await read("about")).body).toEqual({
      accountName: "",
      hubName: "DurableFeatures",
      version: "6.7.3.0",
      permissions: ["DurableFunctionsMonitor.ReadWrite"],
    })
    expect((await ask("GET", "task-hub-names")).body).toEqual(["DurableFeatures"])
    expect((await ask("GET", "easyauth-config", undefined, {})).body).toEqual({ userName: null })
    expect((await read("function-map")).body).toBe("No Function Map provided")
    const isolated = `${app.host.baseUrl}/durable-functions-monitor/a/p/i/task-hub-names`
    expect((await app.request("GET", isolated, undefined, token)).json()).toEqual(["DurableFeatures"])
  })
})

describe("the list", () => {
  test("one row has what the page shows", async () => {
    const [row] = await list({ $filter: "instanceId eq 'c-waiting'" })
    const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
    expect(row).toEqual({
      ...{ instanceId: "c-waiting", parentInstanceId: "", name: "forever", entityId: null },
      ...{ entityType: "Orchestration", runtimeStatus: "Running", input: { order: "x" }, output: null },
      ...{ customStatus: "waiting", createdTime: time, lastUpdatedTime: time, lastEvent: "" },
      duration: expect.any(Number),
    })
  })

  test("filters, sorts, pages and hides columns", async () => {
    const named = "name in ('echo','child','transfer') eq false and runtimeStatus in ('Failed','Running')"
    expect(idsOf(await list({ $filter: named, $orderby: "instanceId desc" }))).toEqual([
      "c-waiting",
      "b-failed",
    ])
    const [first, second] = await list({ $orderby: "createdTime asc", $top: "2" })
    expect(idsOf([first ?? {}, second ?? {}])).toEqual(["a-done", "b-failed"])
    expect(idsOf(await list({ $orderby: "createdTime asc", $skip: "1", $top: "1" }))).toEqual(["b-failed"])
    const [hidden] = await list({
      $filter: "instanceId eq 'c-waiting'",
      "hidden-columns": "input|customStatus",
    })
    expect([hidden?.input, hidden?.customStatus]).toEqual([null, null])
    expect(idsOf(await list({ $filter: "lastEvent eq 'fail'" }))).toEqual(["b-failed"])
    expect(idsOf(await list({ $filter: 'contains(input, \'"order": "x"\')' }))).toEqual(["c-waiting"])
    expect((await list({ $filter: "parentInstanceId eq 'd-parent'" })).length).toBeGreaterThan(2)
    expect(idsOf(await list({ $filter: "createdTime le '2020-01-01T00:00:00Z'" }))).toEqual([])
  })

  test("an entity is a row of its own kind", async () => {
    expect(await list({ $filter: "runtimeStatus in ('DurableEntities')" })).toEqual([
      expect.objectContaining({
        instanceId: "@account@mine",
        entityType: "DurableEntity",
        entityId: { name: "account", key: "mine" },
        runtimeStatus: "Running",
        input: { exists: true, state: { balance: 5 } },
      }),
    ])
  })

  test("a filter that is none finds nothing, a number that is none is 400", async () => {
    expect(await list({ $filter: "nonsense" })).toEqual([])
    expect(await list({ $filter: "colour eq 'red'" })).toEqual([])
    expect((await read("orchestrations?$top=many")).status).toBe(400)
  })

  test("suggests ids", async () => {
    expect((await read("id-suggestions(prefix='b-')")).body).toEqual(["b-failed"])
  })
})

describe("one instance", () => {
  test("with its tabs and its history", async () => {
    expect((await read("orchestrations('b-failed')")).body).toMatchObject({
      name: "failing",
      runtimeStatus: "Failed",
      tabTemplateNames: [],
    })
    const { history } = (await read("orchestrations('b-failed')/history")).body as {
      history: { EventType: string; Name: string }[]
    }
    expect(history.map(({ EventType, Name }) => `${EventType} ${Name}`)).toEqual([
      "ExecutionStarted failing",
      "TaskFailed fail",
      "ExecutionCompleted null",
    ])
    const asked = new URLSearchParams({ $filter: "EventType eq 'TaskFailed'", $top: "1" })
    expect((await read(`orchestrations('b-failed')/history?${asked}`)).body).toMatchObject({
      history: [{ EventType: "TaskFailed", EventId: 0, ScheduledTime: expect.any(String) }],
    })
    const later = new URLSearchParams({ $filter: "timestamp ge '2100-01-01T00:00:00Z'" })
    expect((await read(`orchestrations('b-failed')/history?${later}`)).body).toEqual({ history: [] })
  })

  test("that is unknown is 404, and so are a tab and an action that nobody made", async () => {
    for (const path of ["orchestrations('x')", "orchestrations('x')/history"])
      expect(await read(path)).toEqual({ status: 404, body: "Instance x doesn't exist" })
    expect((await post("orchestrations('a-done')/custom-tab-markup('tab')")).status).toBe(404)
    expect((await post("orchestrations('a-done')/dance")).status).toBe(404)
  })

  test("is started, told something, paused, resumed, marked, ended, restarted, purged", async () => {
    const started = await post("orchestrations", { id: "e-events", name: "events", data: { a: 1 } })
    expect(started).toEqual({ status: 200, body: { instanceId: "e-events" } })
    await app.reaches("e-events", "Running")
    const act = async (action: string, body?: unknown) =>
      (await post(`orchestrations('e-events')/${action}`, body)).status
    expect(await act("suspend", '"wait"')).toBe(200)
    await app.reaches("e-events", "Suspended")
    expect(await act("suspend", '"wait"')).toBe(400)
    expect(await act("resume", '"go"')).toBe(200)
    await app.reaches("e-events", "Running")
    expect(await act("set-custom-status", { seen: true })).toBe(200)
    expect((await app.status("e-events")).customStatus).toEqual({ seen: true })
    expect(await post("orchestrations('e-events')/custom-status")).toEqual({
      status: 200,
      body: { seen: true },
    })
    expect(await act("set-custom-status", "{broken")).toBe(400)
    expect(await act("set-custom-status")).toBe(200)
    expect((await app.status("e-events")).customStatus).toBe(null)
    expect(await act("raise-event", { name: "first", data: 1 })).toBe(200)
    await app.reaches("e-events", "Running", ({ customStatus }) => customStatus !== null)
    expect(await act("purge")).toBe(400)
    expect(await act("terminate", '"enough"')).toBe(200)
    expect((await app.reaches("e-events", "Terminated")).output).toBe("enough")
    expect(await act("terminate", '"enough"')).toBe(400)
    expect(await act("restart", { restartWithNewInstanceId: false })).toBe(200)
    await app.reaches("e-events", "Running")
    expect(await act("terminate")).toBe(200)
    await app.reaches("e-events", "Terminated")
    expect(await act("purge")).toBe(200)
    expect((await read("orchestrations('e-events')")).status).toBe(404)
    expect(await act("terminate")).toBe(400)
  })

  test("a reading one of its values is downloaded", async () => {
    expect(await post("orchestrations('c-waiting')/input")).toEqual({ status: 200, body: { order: "x" } })
    expect(await post("orchestrations('b-failed')/output")).toMatchObject({
      status: 200,
      body: expect.stringContaining("no luck"),
    })
    expect((await post("orchestrations('x')/output")).status).toBe(404)
  })
})

describe("the hub as a whole", () => {
  test("purges what ended in a span of time, and entities", async () => {
    await app.run("child", { value: 1 })
    const span = { timeFrom: "2020-01-01T00:00:00Z", timeTill: "2100-01-01T00:00:00Z" }
    const none = { ...span, timeTill: "2020-01-02T00:00:00Z", entityType: "Orchestration" }
    expect((await post("purge-history", none)).body).toEqual({ instancesDeleted: 0 })
    const failed = await list({ $filter: "runtimeStatus in ('Failed')" })
    const asked = { ...span, entityType: "Orchestration", statuses: ["Failed"] }
    expect((await post("purge-history", asked)).body).toEqual({ instancesDeleted: failed.length })
    expect((await post("purge-history", { ...span, entityType: "DurableEntity" })).body).toEqual({
      instancesDeleted: 1,
    })
    expect((await post("purge-history", { ...span, timeFrom: "never" })).status).toBe(400)
  })

  test("lets go of a lock whose orchestration was ended", async () => {
    const clean = async (releaseOrphanedLocks: boolean) =>
      (await post("clean-entity-storage", { removeEmptyEntities: true, releaseOrphanedLocks })).body
    await app.start("holding", undefined, "f-holding")
    await app.reaches("f-holding", "Running", ({ customStatus }) => customStatus === "locked")
    expect(await clean(true)).toEqual({ numberOfEmptyEntitiesRemoved: 0, numberOfOrphanedLocksRemoved: 0 })
    await post("orchestrations('f-holding')/terminate", '"gone"')
    await app.reaches("f-holding", "Terminated")
    expect(await clean(false)).toEqual({ numberOfEmptyEntitiesRemoved: 0, numberOfOrphanedLocksRemoved: 0 })
    expect(await clean(true)).toEqual({ numberOfEmptyEntitiesRemoved: 0, numberOfOrphanedLocksRemoved: 1 })
    const transfer = await app.run("transfer", { from: "held", to: "other", amount: 1 })
    expect(transfer.json()).toBe("insufficient")
  })

  test("is emptied, and goes on", async () => {
    expect((await post("delete-task-hub", {})).status).toBe(200)
    expect(await list({})).toEqual([])
    expect((await app.run("child", { value: "again" })).json()).toBe("again")
  })
})

test("a host that was given a nonce and is read-only asks for the one and changes nothing", async () => {
  const locked = await startDurableApp("durable-features", { DFM_NONCE: "secret", DFM_MODE: "ReadOnly" })
  try {
    const request = async (method: string, path: string, headers: Record<string, string>) =>
      await locked.request(method, `${locked.host.baseUrl}/a/p/i/${path}`, undefined, headers)
    const nonce = { "x-dfm-nonce": "secret" }
    expect((await request("GET", "--DurableFeatures/about", token)).status).toBe(401)
    expect((await request("GET", "easyauth-config", token)).status).toBe(401)
    expect((await request("GET", "--DurableFeatures/about", nonce)).json()).toMatchObject({ permissions: [] })
    await locked.start("forever", undefined, "stays")
    const ended = await request("POST", "--DurableFeatures/orchestrations('stays')/terminate", nonce)
    expect(ended.status).toBe(403)
    expect((await locked.reaches("stays", "Running")).runtimeStatus).toBe("Running")
  } finally {
    await locked.close()
  }
})
