/** Managing orchestrations from outside: over the web hook, and with the client library in the app. */

import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { startDurableApp } from "../testing/hub.ts"

let app: Awaited<ReturnType<typeof startDurableApp>>

beforeAll(async () => {
  app = await startDurableApp("durable-features")
})
afterAll(() => app.close())

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
    await app.reaches(running, "Running")
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
