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
