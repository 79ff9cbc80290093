// Every history that was recorded once is replayed on the code of today: at each of its waits, as an instance would be
// that was open there when a release came, and at its end.
import { readdirSync } from "node:fs"
import { join } from "node:path"
import { historyPayload } from "@eshop/functions-host/durable/http-api/status"
import { EventType, type HistoryEvent } from "@eshop/functions-host/durable/protocol/events"
import { afterAll, beforeAll, expect, test } from "vitest"
import { appFolder } from "../apps.ts"
import { type Candidate, openCandidate } from "./candidate.ts"
import { checkInstance } from "./check-instance.ts"
import { type FoldedRow, unfolded } from "./readers/http-api.ts"
import { readHistory } from "./testing/read-history.ts"

const folder = join(appFolder("ordering"), "fixtures/histories")
const names = readdirSync(folder, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".jsonl"))
  .map((file) => file.replace(".jsonl", ""))

let candidate: Candidate
beforeAll(async () => {
  candidate = await openCandidate(join(appFolder("ordering"), "src/main.ts"))
})
afterAll(() => candidate?.close())

const isEnd = ({ EventType: type }: HistoryEvent) => type === EventType.ExecutionCompleted

test.each(names)("%s", async (name) => {
  const history = readHistory(join(folder, `${name}.jsonl`))
  const start = history.find(({ EventType: type }) => type === EventType.ExecutionStarted)
  const of = { id: "recorded", name: start?.Name as string, version: start?.Version ?? null }
  const waits = history.flatMap((event, index) =>
    event.EventType === EventType.OrchestratorCompleted ? [index + 1] : [],
  )
  for (const length of waits) {
    const past = history.slice(0, length)
    const verdict = await checkInstance(candidate, { ...of, history: past })
    const shown = { showHistoryOutput: true, showInput: true }
    const input = JSON.parse(start?.Input ?? "null")
    const rows = historyPayload(past, shown) as FoldedRow[]
    const folded = unfolded({ instanceId: "recorded", name: of.name, input, historyEvents: rows })
    const expected = past.some(isEnd) ? { type: "continues", next: "ends at once" } : { type: "continues" }
    expect([name, length, verdict]).toEqual([name, length, expected])
    const overHttp = await checkInstance(candidate, folded)
    expect([name, length, overHttp]).toEqual([name, length, expected])
  }
})

test("every saga of Ordering has histories", () => {
  const sagas = new Set(names.map((name) => name.split("/")[0]))
  expect(candidate.orchestrators.filter((name) => !sagas.has(name))).toEqual([])
})
