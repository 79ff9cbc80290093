import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { startDurableApp } from "@eshop/functions-host/durable/testing/hub"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { durableTaskHub } from "./durable-task-hub.ts"
import type { TaskHub } from "./task-hub.ts"
import { memoryTaskHub } from "./testing/memory-task-hub.ts"

/** A hub, and what puts a saga there that waits, or one that has ended. */
type Case = {
  readonly hub: TaskHub
  begin(id: string, how: "waiting" | "ended"): Promise<void>
  close(): Promise<void>
}

function inMemory(): Case {
  const { keep, ...hub } = memoryTaskHub()
  const of = {
    waiting: { name: "forever", runtimeStatus: "Running", customStatus: "waiting" },
    ended: { name: "fanOut", runtimeStatus: "Completed", input: 1, output: 0 },
  } as const
  const started = { EventType: "ExecutionStarted", Timestamp: "2026-11-01T10:00:00Z", Input: "1" }
  const begin = async (id: string, how: "waiting" | "ended") =>
    keep(id, { ...of[how], history: [{ ...started, FunctionName: of[how].name }] })
  return { hub, begin, close: async () => {} }
}

async function byHttp(): Promise<Case> {
  const app = await startDurableApp("durable-features")
  return {
    hub: durableTaskHub(() => ({
      baseUrl: `${app.host.baseUrl}/runtime/webhooks/durabletask`,
      requiredQueryStringParameters: "code=none",
    })),
    async begin(id, how) {
      await app.start(how === "waiting" ? "forever" : "fanOut", 1, id)
      await app.reaches(id, how === "waiting" ? "Running" : "Completed", ({ customStatus }) =>
        how === "waiting" ? customStatus === "waiting" : true,
      )
    },
    close: () => app.close(),
  }
}

describe.each([
  ["in memory", async () => inMemory()],
  ["by the HTTP API", byHttp],
] as const)("a task hub %s", (_, open) => {
  let of: Case
  beforeAll(async () => {
    of = await open()
    for (const id of ["a-1", "a-2", "b-1"]) await of.begin(id, "waiting")
    for (const id of ["a-3", "b-2"]) await of.begin(id, "ended")
  })
  afterAll(() => of?.close())

  const ids = async (...[filter, top, token]: Parameters<TaskHub["page"]>) =>
    (await of.hub.page(filter, top, token)).instances.map(({ instanceId }) => instanceId)
  const becomes = async (id: string, status: string | undefined) => {
    await expect.poll(async () => (await of.hub.find(id))?.runtimeStatus).toBe(status)
  }

  test("pages through all of them, without inputs, each once", async () => {
    const seen: string[] = []
    let token: string | undefined
    let pages = 0
    do {
      const page = await of.hub.page({}, 2, token)
      seen.push(...page.instances.map(({ instanceId }) => instanceId))
      expect(page.instances.map(({ input }) => input)).toEqual(page.instances.map(() => null))
      token = page.token
      pages++
    } while (token !== undefined)
    expect([seen, pages]).toEqual([["a-1", "a-2", "b-1", "a-3", "b-2"], 3])
  })

  test("narrows by status, by prefix and by the time of the start", async () => {
    expect(await ids({ runtimeStatus: ["Completed"] }, 10)).toEqual(["a-3", "b-2"])
    expect(await ids({ runtimeStatus: ["Running", "Completed"], idPrefix: "b-" }, 10)).toEqual(["b-1", "b-2"])
    expect(await ids({ runtimeStatus: ["Failed"] }, 10)).toEqual([])
    expect(await ids({ createdTo: "2020-01-01T00:00:00.000Z" }, 10)).toEqual([])
    expect(await ids({ createdFrom: "2020-01-01T00:00:00.000Z", idPrefix: "a-1" }, 10)).toEqual(["a-1"])
  })

  test("finds one, with its history where that is asked for", async () => {
    expect(await of.hub.find("a-1")).toMatchObject({ name: "forever", customStatus: "waiting", input: null })
    const ended = await of.hub.findWithHistory("a-3")
    expect(ended).toMatchObject({ name: "fanOut", runtimeStatus: "Completed", input: 1, output: 0 })
    expect(ended?.history[0]).toMatchObject({ EventType: "ExecutionStarted", FunctionName: "fanOut" })
    expect([await of.hub.find("c"), await of.hub.findWithHistory("c")]).toEqual([undefined, undefined])
  })

  test("suspends, resumes, terminates and forgets; what has ended, or is not there, says so", async () => {
    expect(await of.hub.control("b-1", "suspend", "wrong amounts & more")).toBe("accepted")
    await becomes("b-1", "Suspended")
    expect(await of.hub.control("b-1", "resume", "mended")).toBe("accepted")
    await becomes("b-1", "Running")
    expect(await of.hub.control("b-1", "terminate", "enough")).toBe("accepted")
    await becomes("b-1", "Terminated")
    for (const control of ["suspend", "resume", "terminate"] as const) {
      expect(await of.hub.control("b-1", control, "late")).toBe("ended")
      expect(await of.hub.control("c", control, "nobody")).toBe("unknown")
    }
    expect([await of.hub.purge("b-1"), await of.hub.purge("b-1")]).toEqual([true, false])
    await becomes("b-1", undefined)
  })
})

test("a hub that fails, sends elsewhere or is not there is a dependency that is out", async () => {
  const statuses = [500, 302, 400]
  const server = createServer((_, response) => response.writeHead(statuses.shift() as number).end())
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening))
  const { port } = server.address() as AddressInfo
  const hub = durableTaskHub(() => ({
    rpcBaseUrl: `http://127.0.0.1:${port}/durabletask/`,
    ...{ baseUrl: "http://webhook.example", requiredQueryStringParameters: "" },
  }))
  for (const _ of [500, 302, 400]) await expect(hub.page({}, 1)).rejects.toThrow("task hub is not available")
  server.close()
  server.closeAllConnections()
  await expect(hub.find("a")).rejects.toThrow("task hub is not available")
})
