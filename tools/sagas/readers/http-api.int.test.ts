import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { join } from "node:path"
import { playSaga } from "@eshop/building-blocks/durable/testing/play-saga"
import { historyPayload } from "@eshop/functions-host/durable/http-api/status"
import { EventType, type HistoryEvent } from "@eshop/functions-host/durable/protocol/events"
import { afterAll, beforeAll, expect, test } from "vitest"
import { openCandidate } from "../candidate.ts"
import { shopOf } from "../fixtures/steps/steps.ts"
import { checkInstances, linesOf } from "../report.ts"
import { readHttpApi } from "./http-api.ts"

/** The API of an app with one instance, which has taken its steps and waits; pages of one instance. */
async function appWith(ids: readonly string[], history: readonly HistoryEvent[]) {
  const server = createServer(({ url, headers }, answer) => {
    const { pathname, searchParams } = new URL(url ?? "", "http://app.test")
    const id = pathname.split("/instances/")[1]
    const status = (instanceId: string) => ({ instanceId, name: "shop", input: { input: {} } })
    const page = Number(headers["x-ms-continuation-token"] ?? 0)
    if (searchParams.get("code") !== "a-key") answer.statusCode = 401
    if (id === undefined && page + 1 < ids.length) answer.setHeader("x-ms-continuation-token", page + 1)
    const shown = { showHistoryOutput: true, showInput: true }
    answer.end(
      JSON.stringify(
        id === undefined
          ? ids.slice(page, page + 1).map(status)
          : { ...status(id), historyEvents: historyPayload(history, shown) },
      ),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  return { base: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server }
}

let app: Awaited<ReturnType<typeof appWith>>
beforeAll(async () => {
  const events = [
    { afterSeconds: 1, event: "go", data: {} },
    { afterSeconds: 99, event: "sent", data: {} },
  ]
  const { history } = await playSaga(
    shopOf(() => false),
    {},
    { events },
  )
  const waits = history.flatMap((event, index) =>
    event.EventType === EventType.OrchestratorCompleted ? [index + 1] : [],
  )
  app = await appWith(["first", "second", "@counter@one"], history.slice(0, waits[3]) as HistoryEvent[])
})
afterAll(() => app?.server.close())

async function check(fixture: string) {
  const candidate = await openCandidate(join(import.meta.dirname, `../fixtures/steps/${fixture}.ts`))
  try {
    const reading = readHttpApi(app.base, "a-key")
    const report = await checkInstances(candidate, reading)
    return { report, lines: linesOf(report, reading, fixture) }
  } finally {
    await candidate.close()
  }
}

test("the order of the steps is compared, and the report says that it is no more than that", async () => {
  const same = await check("same")
  expect([same.report.open, same.report.broken]).toEqual([2, 0])
  expect(same.lines[1]).toBe(
    "! read over HTTP: rows are folded away there, so only the order of the steps was compared",
  )
  const swapped = await check("swapped")
  expect(swapped.report.breaks.map(({ ids }) => ids)).toEqual([["first", "second"]])
})

test("an app that does not answer ends the check", async () => {
  const reading = readHttpApi(app.base, undefined)
  await expect(
    (async () => {
      for await (const _ of reading.instances);
    })(),
  ).rejects.toThrow(/answered with 401/)
})
