import type { Candidate } from "./candidate.ts"
import { checkInstance } from "./check-instance.ts"
import type { Reading } from "./open-instance.ts"

/** Ids of instances that a report lists for one cause; it says how many there are. */
const LISTED = 20

type Tally = { open: number; continue: number; break: number }
type Cause = { readonly saga: string; readonly text: string; readonly ids: string[] }

export type Report = {
  readonly open: number
  readonly broken: number
  /** Per saga, by its name. */
  readonly sagas: ReadonlyMap<string, Tally>
  /** Why instances break, and which. */
  readonly breaks: readonly Cause[]
  /** What instances would do that they were not waiting for; they continue. */
  readonly changes: readonly Cause[]
}

/** Replays every open instance on the candidate. */
export async function checkInstances(candidate: Candidate, { instances }: Reading): Promise<Report> {
  const sagas = new Map<string, Tally>()
  const breaks = new Map<string, Cause>()
  const changes = new Map<string, Cause>()
  const note = (causes: Map<string, Cause>, saga: string, text: string, id: string) => {
    const key = `${saga} ${text}`
    const cause = causes.get(key) ?? { saga, text, ids: [] }
    cause.ids.push(id)
    causes.set(key, cause)
  }
  let open = 0
  let broken = 0
  for await (const instance of instances) {
    open++
    const { id, name } = instance
    const tally = sagas.get(name) ?? { open: 0, continue: 0, break: 0 }
    sagas.set(name, tally)
    tally.open++
    const verdict = await checkInstance(candidate, instance)
    if (verdict.type === "breaks") {
      tally.break++
      broken++
      note(breaks, name, `at ${verdict.at}: ${verdict.why}`, id)
    } else {
      tally.continue++
      if (verdict.next !== undefined) note(changes, name, verdict.next, id)
    }
  }
  return { open, broken, sagas, breaks: [...breaks.values()], changes: [...changes.values()] }
}

const listed = (ids: readonly string[]): string[] => [
  ...ids.slice(0, LISTED).map((id) => `    ${id}`),
  ...(ids.length > LISTED ? [`    … and ${ids.length - LISTED} more`] : []),
]

/** The report as lines for a person. */
export function linesOf(report: Report, { from, reservation }: Reading, candidate: string): string[] {
  const { open, broken, sagas, breaks, changes } = report
  const width = Math.max(4, ...[...sagas.keys()].map((name) => name.length))
  const row = (name: string, ...cells: (string | number)[]) =>
    `  ${name.padEnd(width)}${cells.map((cell) => String(cell).padStart(10)).join("")}`
  return [
    `${open} open ${open === 1 ? "instance" : "instances"} in ${from}, replayed on ${candidate}`,
    ...(reservation ? [reservation] : []),
    ...(open > 0 ? [row("saga", "open", "continue", "break")] : []),
    ...[...sagas].map(([name, tally]) => row(name, tally.open, tally.continue, tally.break)),
    ...changes.flatMap(({ saga, text, ids }) => [
      `! ${saga}: ${ids.length} continue with what they were not waiting for: ${text}`,
      ...listed(ids),
    ]),
    ...breaks.flatMap(({ saga, text, ids }) => [`✖ ${saga}: ${ids.length} break ${text}`, ...listed(ids)]),
    broken === 0
      ? `✔ all ${open} continue`
      : `✖ ${open - broken} of ${open} continue: let the others end first, or branch on their version (docs/operations/sagas.md)`,
  ]
}
