import { setTimeout as sleep } from "node:timers/promises"
import { pick, pickOne } from "@eshop/faults/seed"
import { type AppName, appNames, type PartName } from "@eshop/local-cloud/settings"
import { allPoints, killable, killsOf, takenByEveryOrder } from "./kills.ts"
import { type Purchase, purchases } from "./load.ts"
import { tenUnits } from "./ten-units.ts"
import { openSubject, type PartEnv, type Result, type Subject, untouched, wave } from "./wave.ts"

/** One line of the table: something to prove of a shop. */
export type Row = {
  readonly name: string
  readonly prove: (subject: Subject, seed: number) => Promise<Result>
}
/** A shop, and what is proved of it. */
export type Plan = { readonly partEnv: (seed: number) => PartEnv; readonly rows: readonly Row[] }

const IN_FLIGHT = 500
const IN_FLIGHT_WITH_SLOW_PAYMENTS = 100
const AWAY_MS = 60_000
const SKEW_MS = 5 * 60_000
const nothing = async () => ""

const shiftedClock = (app: AppName, by: number): PartEnv => ({
  [app]: {
    NODE_OPTIONS: `--import ${new URL("shift-clock.ts", import.meta.url).href}`,
    SHIFT_CLOCK_MS: String(by),
  },
})
const thrice = (seed: number): PartEnv => ({ servicebus: { SERVICE_BUS_REPEAT: `3:${seed}` } })
const minutes = (ms: number): string => `${ms > 0 ? "+" : "−"}${Math.abs(ms) / 60_000} min`

/** A plan of one row in a shop as it is. */
const plan = (name: string, prove: Row["prove"], partEnv: (seed: number) => PartEnv = () => ({})): Plan => ({
  partEnv,
  rows: [{ name, prove }],
})

/** Kills one process before and after every step that the load takes. */
const killedAtEveryStep = (part: PartName): Plan =>
  plan(`kill -9 of ${part} at every saga step`, async (subject, seed) => {
    const { faultPoints, running } = subject
    // Redis runs where a redis-server is found.
    if (running.cloud.parts.every(({ name }) => name !== part)) return { ...untouched, done: "is not here" }
    faultPoints.arm(killsOf(subject, part, allPoints(), seed))
    const result = await wave(subject, purchases(seed, IN_FLIGHT, part !== "storage"), nothing)
    const { struck, missed } = faultPoints.result()
    return { ...result, done: `${struck.length} kills; not reached: ${missed.join(", ") || "none"}` }
  })

/** Everything, one after the other, with hundreds of orders in flight. */
export const longPlans: readonly Plan[] = [
  ...killable.map(killedAtEveryStep),
  plan(
    "every message three times, shuffled",
    (subject, seed) => wave(subject, purchases(seed, IN_FLIGHT), nothing),
    thrice,
  ),
  plan("broker away for a minute under load", (subject, seed) =>
    wave(subject, purchases(seed, IN_FLIGHT), async () => {
      const back = subject.running.cloud.part("servicebus").takeAway()
      await sleep(AWAY_MS)
      await back()
      return `away for ${AWAY_MS / 1_000} s`
    }),
  ),
  plan("payments that time out after the capture", (subject, seed) => {
    const late = { paymentMethod: "pm_card_timeoutAfterCapture", end: "Paid" } as const
    const wanted = purchases(seed, IN_FLIGHT_WITH_SLOW_PAYMENTS)
    return wave(
      subject,
      wanted.map((purchase): Purchase => ({ ...purchase, ...late })),
      nothing,
    )
  }),
  plan("40 buyers, 10 units, two processes", tenUnits),
  ...appNames.flatMap((app) =>
    [SKEW_MS, -SKEW_MS].map((by) =>
      plan(
        `clock of ${app} ${minutes(by)}`,
        (subject, seed) => wave(subject, purchases(seed, IN_FLIGHT_WITH_SLOW_PAYMENTS), nothing),
        () => shiftedClock(app, by),
      ),
    ),
  ),
]

const SHORT_IN_FLIGHT = 40

function wrongClock(seed: number): { app: AppName; by: number } {
  const app = pickOne(seed, "app with the wrong clock", appNames)
  return { app, by: pick(seed, "sign of the clock", 2) === 0 ? SKEW_MS : -SKEW_MS }
}

/** Kills every process once, while messages come three times and one app's clock is wrong. */
async function allAtOnce(subject: Subject, seed: number): Promise<Result> {
  const { faultPoints, running } = subject
  const points = allPoints().filter(({ activity }) => takenByEveryOrder.has(activity))
  const here = new Set(running.cloud.parts.map(({ name }) => name))
  const parts = killable.filter((part) => here.has(part))
  faultPoints.arm(
    parts.flatMap((part) => {
      const point = points[pick(seed, `point of ${part}`, points.length)]
      return point ? killsOf(subject, part, [point], seed) : []
    }),
  )
  const result = await wave(subject, purchases(seed, SHORT_IN_FLIGHT, false), nothing)
  const { struck, missed } = faultPoints.result()
  const { app, by } = wrongClock(seed)
  return {
    ...result,
    done: `clock of ${app} ${minutes(by)}; killed: ${struck.join(", ")}`,
    faults: [...result.faults, ...missed.map((name) => `nothing was struck: ${name}`)],
  }
}

/** All of it at once, and small. */
export const shortPlans: readonly Plan[] = [
  {
    partEnv: (seed) => {
      const { app, by } = wrongClock(seed)
      return { ...thrice(seed), ...shiftedClock(app, by) }
    },
    rows: [
      { name: "kills, messages thrice, a wrong clock", prove: allAtOnce },
      { name: "40 buyers, 10 units, two processes", prove: tenUnits },
    ],
  },
]

/** Opens the plan's shop, proves its rows and closes it. @param tell hears of each row */
export async function carryOut(
  { partEnv, rows }: Plan,
  seed: number,
  tell: (row: Row, result: Result) => void,
): Promise<void> {
  const subject = await openSubject(partEnv(seed))
  try {
    for (const row of rows) tell(row, await row.prove(subject, seed))
  } finally {
    await subject.stop()
  }
}
