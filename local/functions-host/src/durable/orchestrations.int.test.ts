/** Orchestrations on the real library over a real host. */

import { mkdtempSync, rmSync } from "node:fs"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { startDurableApp } from "./testing/hub.ts"

let app: Awaited<ReturnType<typeof startDurableApp>>

beforeAll(async () => {
  app = await startDurableApp("durable-features")
})
afterAll(() => app.close())

describe("activities", () => {
  test("get their input as the extension hands it over", async () => {
    const { status, json } = await app.run("inputs")
    expect(status).toBe(200)
    expect(json()).toEqual([
      'string:"text"',
      'string:"123"',
      'string:""',
      "number:42",
      "number:0",
      "number:1.5",
      "boolean:true",
      "undefined:undefined",
      "undefined:undefined",
      'object:[1,"a"]',
      'object:{"a":{"b":null}}',
      'string:"ünï 💶"',
      "object:[]",
    ])
  })

  test("run in parallel and are all collected", async () => {
    expect((await app.run("fanOut", 60)).json()).toBe(1770)
  })

  test("that fail reach the orchestrator as an error", async () => {
    expect((await app.run("catching")).json()).toMatch(/^Activity function 'fail' failed: {2}no luck \n /)
  })

  test("that are unknown fail the orchestration with the names that exist", async () => {
    const { output, runtimeStatus } = (await app.run("unknownActivity")).json() as Record<string, string>
    expect(runtimeStatus).toBe("Failed")
    expect(output).toBe(
      "Orchestrator function 'unknownActivity' failed: The function 'missing' doesn't exist, is disabled, or is not an activity function. Additional info: The following are the known activity functions: 'echo', 'describe', 'slow', 'fail', 'flaky', 'note', 'crash', 'notFinite', 'nan'.",
    )
  })

  test("are retried, and give up after the last attempt", async () => {
    expect((await app.run("retrying", { key: "a", failures: 2, attempts: 3 })).json()).toBe(3)
    const given = (await app.run("retrying", { key: "b", failures: 9, attempts: 2 })).json() as Record<
      string,
      string
    >
    expect(given.runtimeStatus).toBe("Failed")
    expect(given.output).toMatch(
      /^Orchestrator function 'retrying' failed: Activity function 'flaky' failed: {2}attempt 2 of b/,
    )
    const history = await app.status(given.instanceId as string, "showHistory=true")
    const types = history.historyEvents?.map((event) => event.EventType)
    expect(types).toEqual([
      "ExecutionStarted",
      "TaskFailed",
      "TimerCreated",
      "TimerFired",
      "TaskFailed",
      "TimerCreated",
      "TimerFired",
      "ExecutionCompleted",
    ])
  })
})

describe("timers and events", () => {
  test("timers fire in order, a cancelled one does not hold the orchestration", async () => {
    expect((await app.run("timers")).json()).toEqual({ early: true, passed: true })
  })

  test("events are buffered until somebody waits for them", async () => {
    const id = await app.start("events")
    for (const name of ["third", "second", "first"])
      expect((await app.raise(id, name, `${name}!`)).status).toBe(202)
    const { output } = await app.reaches(id, "Completed")
    expect(output).toEqual({ first: "first!", second: "second!", third: "third!" })
    expect((await app.raise(id, "first", 1)).status).toBe(410)
    expect((await app.raise("nobody", "first", 1)).status).toBe(404)
  })

  test("an event beats the timeout, or the timeout the event", async () => {
    const id = await app.start("eventOrTimeout", 60_000)
    await app.raise(id, "approval", { yes: true })
    expect((await app.reaches(id, "Completed")).output).toEqual({ yes: true })
    expect((await app.run("eventOrTimeout", 50)).json()).toBe("timeout")
  })

  test("custom status shows while the orchestration waits", async () => {
    const id = await app.start("events")
    await app.raise(id, "first", 1)
    const given = await app.reaches(id, "Running", ({ customStatus }) => customStatus !== null)
    expect(given.customStatus).toEqual({ got: "first" })
  })

  test("continueAsNew keeps the events that nobody had read", async () => {
    const id = await app.start("counting", { count: 0, until: 4, seen: [] })
    for (const tick of ["a", "b", "c", "d"]) await app.raise(id, "tick", tick)
    expect((await app.reaches(id, "Completed")).output).toEqual(["a", "b", "c", "d"])
  })
})

test("sub-orchestrations answer, fail and are retried", async () => {
  const { id } = (await app.request("POST", app.webhook("orchestrators/parent/family"))).json() as {
    id: string
  }
  const { output } = await app.reaches(id, "Completed")
  expect(output).toEqual({
    named: "named",
    unnamed: "unnamed",
    failure: "Orchestrator function 'child' failed: child is broken \n Message: child is broken",
    retried: "Orchestrator function 'child' failed: still broken \n Message: still broken",
  })
  expect((await app.status("family-child")).output).toBe("named")
})

test("a worker that dies in an activity runs it again, a reload in the middle loses nothing", async () => {
  const folder = mkdtempSync(join(tmpdir(), "durable-reload-"))
  try {
    expect((await app.run("crashing", JSON.stringify(join(folder, "crash.txt")))).json()).toBe("survived")
    const ids: string[] = []
    for (let index = 0; index < 10; index++) {
      ids.push(await app.start("traced", { file: join(folder, "trace.txt"), wait: 60 }))
    }
    await app.host.reload()
    for (const id of ids) expect((await app.raise(id, "go", "now")).status).toBe(202)
    for (const id of ids) {
      expect((await app.reaches(id, "Completed")).output).toEqual([`${id} 2`, `${id} 3`, "now"])
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

test("a failed orchestration shows its message, as 500 only when asked for", async () => {
  const answer = await app.run("throwing")
  expect(answer.status).toBe(200)
  const given = answer.json() as Record<string, string>
  expect(given.output).toBe("Orchestrator function 'throwing' failed: on purpose")
  const url = app.webhook(`instances/${given.instanceId}?returnInternalServerErrorOnFailure=true`)
  expect((await app.request("GET", url)).status).toBe(500)
})

describe("callHttp", () => {
  let calls: string[] = []
  const server = createServer((request, response) => {
    calls.push(`${request.method} ${request.url} ${request.headers["x-test"]}`)
    if (request.url === "/start") response.writeHead(202, { location: "/poll", "retry-after": "1" }).end()
    else if (request.url === "/poll") response.end("polled")
    else request.pipe(response.writeHead(201))
  })
  let base = ""
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterAll(() => server.close())

  test("sends the request and gives the answer", async () => {
    expect((await app.run("http", { url: `${base}/echo` })).json()).toEqual({
      status: 201,
      content: '{"hello":"you"}',
    })
  })

  test("polls the location of a 202, unless told not to", async () => {
    calls = []
    expect((await app.run("http", { url: `${base}/start` })).json()).toEqual({
      status: 200,
      content: "polled",
    })
    expect(calls).toEqual(["POST /start 1", "GET /poll 1"])
    expect((await app.run("http", { url: `${base}/start`, polling: false })).json()).toEqual({
      status: 202,
      content: "",
    })
  })

  test("fails the orchestration when nobody answers", async () => {
    const given = (await app.run("http", { url: "http://127.0.0.1:1/" })).json() as Record<string, string>
    expect(given.runtimeStatus).toBe("Failed")
  })
})

describe("management", () => {
  test("suspend holds events and results back until resume", async () => {
    const id = await app.start("events")
    await app.reaches(id, "Running")
    expect((await app.post(`instances/${id}/suspend?reason=pause`)).status).toBe(202)
    await app.reaches(id, "Suspended")
    for (const name of ["first", "second", "third"]) await app.raise(id, name, name)
    expect((await app.status(id)).runtimeStatus).toBe("Suspended")
    expect((await app.post(`instances/${id}/suspend`)).status).toBe(500)
    await app.restart()
    expect((await app.status(id)).runtimeStatus).toBe("Suspended")
    expect((await app.post(`instances/${id}/resume?reason=go`)).status).toBe(202)
    expect((await app.reaches(id, "Completed")).output).toEqual({
      first: "first",
      second: "second",
      third: "third",
    })
  })

  test("terminate ends an instance with its reason", async () => {
    const id = await app.start("forever")
    expect((await app.post(`instances/${id}/terminate?reason=enough+of+it`)).status).toBe(202)
    const given = await app.reaches(id, "Terminated")
    expect(given.output).toBe("enough of it")
    expect((await app.post(`instances/${id}/terminate`)).status).toBe(410)
    expect((await app.post("instances/nobody/terminate")).status).toBe(404)
  })

  test("rewind runs what failed again, and only that", async () => {
    const id = await app.start("rewindable")
    await app.reaches(id, "Failed")
    expect((await app.post(`instances/${id}/rewind?reason=fixed`)).status).toBe(202)
    const { output } = await rewindUntilCompleted(id)
    expect(output).toEqual({ before: 1, one: 2, two: [1, 2], after: 1 })
    expect((await app.post(`instances/${id}/rewind`)).status).toBe(412)
    expect((await app.post("instances/nobody/rewind")).status).toBe(404)
  })

  /** The second failure may come after the first rewind. */
  async function rewindUntilCompleted(id: string) {
    for (;;) {
      const { runtimeStatus } = await app.status(id)
      if (runtimeStatus === "Completed") return await app.status(id)
      if (runtimeStatus === "Failed") await app.post(`instances/${id}/rewind`)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }

  test("restart runs the input again, under a new id or the old one", async () => {
    const id = await app.start("fanOut", 3)
    await app.reaches(id, "Completed")
    const fresh = (await app.post(`instances/${id}/restart`)).json() as { id: string }
    expect(fresh.id).not.toBe(id)
    expect((await app.reaches(fresh.id, "Completed")).output).toBe(3)
    const same = (await app.post(`instances/${id}/restart?restartWithNewInstanceId=false`)).json() as {
      id: string
    }
    expect(same.id).toBe(id)
    await app.reaches(id, "Completed")
    expect((await app.post("instances/nobody/restart")).status).toBe(400)
  })

  test("an id in use is refused while it runs and taken over afterwards", async () => {
    await app.start("forever", undefined, "one")
    await app.reaches("one", "Running")
    const again = await app.request("POST", app.webhook("orchestrators/fanOut/one"), "2")
    expect(again.status).toBe(409)
    expect(again.json()).toEqual({
      Message: "An Orchestration instance with the status Running already exists.",
    })
    await app.post("instances/one/terminate")
    await app.reaches("one", "Terminated")
    await app.start("fanOut", 2, "one")
    expect((await app.reaches("one", "Completed")).output).toBe(1)
  })

  test("bad starts are refused and nothing is created", async () => {
    const start = (path: string, body = "1") =>
      app.request("POST", app.webhook(`orchestrators/${path}`), body)
    expect((await start("nothing/bad1")).status).toBe(400)
    expect((await start("fanOut/bad2", "{")).status).toBe(400)
    expect((await start("fanOut/@bad3")).status).toBe(400)
    expect((await start("fanOut/bad%234")).status).toBe(400)
    expect((await start(`fanOut/${"x".repeat(101)}`)).status).toBe(400)
    for (const id of ["bad1", "bad2", "@bad3", "bad%234"]) {
      expect((await app.request("GET", app.webhook(`instances/${id}`))).status).toBe(404)
    }
    const id = await app.start("forever")
    await app.reaches(id, "Running")
    const plain = { "content-type": "text/plain" }
    expect(
      (await app.request("POST", app.webhook(`instances/${id}/raiseEvent/never`), "1", plain)).status,
    ).toBe(400)
    expect((await app.request("POST", app.webhook(`instances/${id}/raiseEvent/never`), "{")).status).toBe(400)
    expect((await app.status(id)).runtimeStatus).toBe("Running")
  })

  test("purge removes ended instances only", async () => {
    const done = await app.start("fanOut", 1)
    await app.reaches(done, "Completed")
    const running = await app.start("forever")
    const purge = (id: string) => app.request("DELETE", app.webhook(`instances/${id}`))
    expect((await purge(done)).json()).toEqual({ instancesDeleted: 1 })
    expect((await purge(done)).status).toBe(404)
    expect((await purge(running)).status).toBe(500)
    expect((await app.status(running)).runtimeStatus).toBe("Running")
  })

  test("the list is filtered and paged", async () => {
    const from = new Date(Date.now() - 1).toISOString()
    const ids: string[] = []
    for (let index = 0; index < 5; index++) ids.push(await app.start("fanOut", 1, `page-${index}`))
    for (const id of ids) await app.reaches(id, "Completed")
    await app.start("forever", undefined, "page-forever")
    await app.reaches("page-forever", "Running")
    const url = app.webhook(
      `instances?runtimeStatus=Completed&createdTimeFrom=${from}&instanceIdPrefix=page&top=2`,
    )
    const seen: string[] = []
    for (let token = ""; ; ) {
      const page = await app.request("GET", url, undefined, token ? { "x-ms-continuation-token": token } : {})
      const found = page.json() as { instanceId: string }[]
      expect(found.length).toBeLessThanOrEqual(2)
      seen.push(...found.map(({ instanceId }) => instanceId))
      token = page.headers.get("x-ms-continuation-token") ?? ""
      if (!token) break
    }
    expect(seen).toEqual(ids)
    const purged = await app.request(
      "DELETE",
      app.webhook(`instances?createdTimeFrom=${from}&runtimeStatus=Completed`),
    )
    expect(purged.json()).toEqual({ instancesDeleted: 5 })
    expect((await app.request("DELETE", app.webhook("instances"))).status).toBe(400)
  })

  test("running instances answer 202 with Location and Retry-After, and the history is as the extension prints it", async () => {
    const id = await app.start("parent")
    await app.reaches(id, "Completed")
    const { historyEvents } = await app.status(id, "showHistory=true&showHistoryOutput=true")
    const first = historyEvents?.[0]
    expect(Object.keys(first ?? {}).toSorted()).toEqual(["EventType", "FunctionName", "Input", "Timestamp"])
    expect(first).toMatchObject({ EventType: "ExecutionStarted", FunctionName: "parent" })
    expect(historyEvents?.[1]).toMatchObject({
      EventType: "SubOrchestrationInstanceCompleted",
      FunctionName: "child",
      Result: "named",
      Input: '{"value":"named"}',
    })
    expect(historyEvents?.[1]?.ScheduledTime).toEqual(expect.any(String))
    expect(historyEvents?.at(-1)).toMatchObject({
      EventType: "ExecutionCompleted",
      OrchestrationStatus: "Completed",
    })
    const running = await app.start("forever", { a: 1 })
    const url = app.webhook(`instances/${running}?showInput=false`)
    const answer = await app.request("GET", url)
    expect(answer.status).toBe(202)
    expect(answer.headers.get("location")).toBe(url)
    expect(answer.headers.get("retry-after")).toBe("5")
    expect(answer.json()).toMatchObject({ input: null, output: null })
  })
})

describe("the durable client", () => {
  test("starts, queries, raises, terminates, purges", async () => {
    const { value: id } = await app.client("startNew", "events", { instanceId: "by-client", input: { a: 1 } })
    expect(id).toBe("by-client")
    await app.reaches("by-client", "Running")
    const { value: status } = await app.client("getStatus", "by-client", { showInput: true })
    expect(status).toMatchObject({ name: "events", runtimeStatus: "Running", input: { a: 1 }, output: null })
    expect(await app.client("raiseEvent", "by-client", "first", "x")).toEqual({ value: null })
    expect(await app.client("suspend", "by-client", "r")).toEqual({ value: null })
    await app.reaches("by-client", "Suspended")
    expect(await app.client("resume", "by-client", "r")).toEqual({ value: null })
    await app.reaches("by-client", "Running")
    expect(await app.client("terminate", "by-client", "no need")).toEqual({ value: null })
    expect((await app.reaches("by-client", "Terminated")).output).toBe("no need")
    expect(await app.client("purgeInstanceHistory", "by-client")).toEqual({ value: { instancesDeleted: 1 } })
    expect((await app.client("getStatus", "by-client")).error).toContain("404")
    expect((await app.client("raiseEvent", "by-client", "first", 1)).error).toBe(
      "No instance with ID 'by-client' found.",
    )
    expect((await app.client("startNew", "nothing")).error).toContain("status code: 400")
    const { value: all } = await app.client("getStatusBy", {
      createdTimeFrom: "2020-01-01",
      runtimeStatus: ["Completed"],
    })
    expect((all as unknown[]).length).toBeGreaterThan(0)
  })

  test("waits for a short orchestration without sleeping for its interval", async () => {
    const { value: id } = await app.client("startNew", "fanOut", { input: 4 })
    const answer = await app.request("POST", `${app.host.baseUrl}/api/client`, {
      call: "waitForCompletionOrCreateCheckStatusResponse",
      args: [id, { timeoutInMilliseconds: 20_000, retryIntervalInMilliseconds: 19_000 }],
    })
    expect(answer.status).toBe(200)
    expect(answer.json()).toBe(6)
  })
})

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
