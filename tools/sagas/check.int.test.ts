import { execFile } from "node:child_process"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { promisify } from "node:util"
import { playSaga } from "@eshop/building-blocks/durable/testing/play-saga"
import { EventType, type HistoryEvent } from "@eshop/functions-host/durable/protocol/events"
import { openSqliteStore } from "@eshop/functions-host/durable/store/sqlite-store"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { appFolder, root } from "../apps.ts"
import { type Candidate, openCandidate } from "./candidate.ts"
import { shopOf } from "./fixtures/steps/steps.ts"
import type { OpenInstance } from "./open-instance.ts"
import { readLocalHub } from "./readers/local-hub.ts"
import { checkInstances, linesOf } from "./report.ts"
import { readHistory } from "./testing/read-history.ts"

let folder: string
let hubs = 0
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sagas-"))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const candidates = new Map<string, Promise<Candidate>>()
afterAll(async () => {
  for (const candidate of candidates.values()) await (await candidate).close()
})
/** One of the fixtures, loaded once. */
function candidateOf(name: string): Promise<Candidate> {
  const known = candidates.get(name)
  if (known) return known
  const candidate = openCandidate(join(import.meta.dirname, `fixtures/steps/${name}.ts`))
  candidates.set(name, candidate)
  return candidate
}

/** What an instance's history was at its first wait, at its second, and so on. */
async function waitsOf(version?: string): Promise<HistoryEvent[][]> {
  const { history } = await playSaga(
    shopOf(() => false),
    {},
    {
      ...(version !== undefined && { version }),
      events: [
        { afterSeconds: 1, event: "go", data: {} },
        { afterSeconds: 99, event: "sent", data: {} },
      ],
    },
  )
  return (history as HistoryEvent[]).flatMap((event, index) =>
    event.EventType === EventType.OrchestratorCompleted
      ? [(history as HistoryEvent[]).slice(0, index + 1)]
      : [],
  )
}

/** A task hub of the local host with these instances. */
async function hubWith(instances: readonly OpenInstance[]): Promise<string> {
  const file = join(folder, `hub${++hubs}.db`)
  const store = openSqliteStore(file, { synchronous: "off" })
  await store.commit((writer) => {
    for (const [createdAt, { id, name: saga, version, history }] of instances.entries()) {
      const status = history.length > 0 ? "Running" : "Pending"
      const rest = { executionId: id, input: "{}", output: null, customStatus: null, parent: null }
      writer.createInstance(
        { id, name: saga, version, status, createdAt, updatedAt: createdAt, ...rest },
        false,
      )
      if (history.length > 0)
        writer.appendHistory(id, 0, history.map((event) => JSON.stringify(event)).join(","))
    }
  })
  await store.close()
  return file
}

/** One instance at each wait of the saga, and one that has not begun. */
async function openInstances(version = "1.0.0"): Promise<OpenInstance[]> {
  const [beforeGo, reserving, charging, unsent] = await waitsOf(version)
  const at = (id: string, history: readonly HistoryEvent[] = []) => ({ id, name: "shop", version, history })
  return [
    at("not-begun"),
    at("before-go", beforeGo),
    at("reserving", reserving),
    at("charging", charging),
    at("unsent", unsent),
  ]
}

async function check(candidateName: string, instances?: readonly OpenInstance[]) {
  const file = await hubWith(instances ?? (await openInstances()))
  const candidate = await candidateOf(candidateName)
  const reading = readLocalHub(file)
  const report = await checkInstances(candidate, reading)
  return { report, lines: linesOf(report, reading, candidateName) }
}

describe("a release of code", () => {
  test("that is the same breaks nothing", async () => {
    const { report, lines } = await check("same")
    expect([report.open, report.broken, report.changes]).toEqual([5, 0, []])
    expect(lines.at(-1)).toBe("✔ all 5 continue")
  })

  test("with two steps swapped breaks exactly the instances that have taken the first of them", async () => {
    const { report, lines } = await check("swapped")
    expect(report.breaks).toEqual([
      {
        saga: "shop",
        text: "at an activity task named 'reserve' (number 2): the candidate takes an activity task named 'charge' there",
        ids: ["reserving", "charging", "unsent"],
      },
    ])
    expect(lines.slice(1)).toEqual([
      "  saga      open  continue     break",
      "  shop         5         2         3",
      "✖ shop: 3 break at an activity task named 'reserve' (number 2): the candidate takes an activity task named 'charge' there",
      "    reserving",
      "    charging",
      "    unsent",
      "✖ 2 of 5 continue: let the others end first, or branch on their version (docs/operations/sagas.md)",
    ])
  })

  test("that swaps them from its version on breaks nothing", async () => {
    expect((await check("branching")).report.broken).toBe(0)
    const { report } = await check("branching", await openInstances("2.0.0"))
    expect(report.breaks.map(({ ids }) => ids)).toEqual([["reserving", "charging", "unsent"]])
  })

  test("with a step more breaks where it was passed already, and is told where it comes next", async () => {
    const { report } = await check("thanking")
    expect(report.breaks).toEqual([
      {
        saga: "shop",
        text: "at a timer (number 4): the candidate takes an activity task named 'thank' there",
        ids: ["unsent"],
      },
    ])
  })

  test("that is older than an instance leaves it alone", async () => {
    const { report } = await check("same", await openInstances("2.1.0"))
    expect(report.breaks).toEqual([
      {
        saga: "shop",
        text: "at its version: a host of version 2.0.0 leaves instances of 2.1.0 alone",
        ids: ["not-begun", "before-go", "reserving", "charging", "unsent"],
      },
    ])
  })

  test("without the saga, or without a step that is under way, breaks them", async () => {
    const [, , reserving] = await waitsOf("1.0.0")
    const gone = (reserving as HistoryEvent[]).map((event) =>
      event.EventType === EventType.TaskScheduled && event.EventId === 2 ? { ...event, Name: "pack" } : event,
    )
    const { report } = await check("same", [
      { id: "other", name: "bazaar", version: null, history: [] },
      { id: "packing", name: "shop", version: null, history: gone },
    ])
    expect(report.breaks.map(({ saga, text }) => [saga, text])).toEqual([
      ["bazaar", "at its start: the candidate has no such saga"],
      ["shop", "at 'pack': it is under way, and the candidate has no such step"],
    ])
  })
})

test("the command replays a task hub on the sources of Ordering", async () => {
  const recorded = join(appFolder("ordering"), "fixtures/histories/fulfilment/closed.jsonl")
  const history = readHistory(recorded).slice(0, 10)
  const cut = history.slice(
    0,
    history.findLastIndex(({ EventType: type }) => type === EventType.OrchestratorCompleted) + 1,
  )
  const hub = await hubWith([{ id: "an-order", name: "fulfilment", version: "1.0.0", history: cut }])
  const run = (...args: string[]) =>
    promisify(execFile)(process.execPath, [join(root, "tools/sagas/main.ts"), ...args], { cwd: root })
  const { stdout } = await run("check", "--hub", hub)
  expect(stdout.trim().split("\n")).toEqual([
    `1 open instance in the local task hub ${hub}, replayed on the sources of ordering (version 1.0.0)`,
    "  saga            open  continue     break",
    "  fulfilment         1         1         0",
    "✔ all 1 continue",
  ])
  await expect(run("chek")).rejects.toMatchObject({ code: 2 })
  await expect(run("check", "--hub", join(folder, "none.db"))).rejects.toMatchObject({ code: 2 })
})
