import { activityNamesOf } from "@eshop/building-blocks/durable/step"
import { pick } from "@eshop/faults/seed"
import type { PartName } from "@eshop/local-cloud/settings"
import { ordering } from "../../functions/ordering/src/app.ts"
import { eventually } from "../e2e/running-shop.ts"
import { type Fault, type FaultPoint, nameOf } from "./fault-points.ts"
import type { Subject } from "./wave.ts"

/** The processes that are killed, those of them that run here. */
export const killable: readonly PartName[] = [
  "ordering",
  "catalog",
  "basket",
  "discount",
  "postgres",
  "servicebus",
  "storage",
  "redis",
  "payments",
]

/** Of a step that runs for every order, one of the first so many runs is struck: orders are in flight then. */
const EARLY_RUNS = 20
/** Activities that every paid order runs. */
export const takenByEveryOrder: ReadonlySet<string> = new Set(["authorise-payment", "capture-payment"])
/** The time that a killed process has to be back. */
const BACK_MS = 180_000

/** Before and after every activity of every saga, as the app's data tells. */
export const allPoints = (): FaultPoint[] => {
  const steps = ordering.entries.flatMap((entry) => (entry.kind === "saga" ? entry.saga.steps : []))
  return activityNamesOf(steps).flatMap((activity) => [
    { place: "before", activity } as const,
    { place: "after", activity } as const,
  ])
}

/**
 * Faults that kill a process with SIGKILL at these points and wait until it is back.
 * @param seed fixes at which run of its activity each strikes
 */
export function killsOf(
  { running }: Subject,
  part: PartName,
  points: readonly FaultPoint[],
  seed: number,
): Fault[] {
  const handle = running.cloud.part(part)
  return points.map((point) => ({
    ...point,
    what: part,
    run: 1 + pick(seed, `${part} ${nameOf(point)}`, EARLY_RUNS),
    async strike() {
      const before = handle.pid
      handle.kill("SIGKILL")
      const isBack = await eventually(
        async () => handle.state === "ready" && handle.pid !== before,
        Boolean,
        BACK_MS,
      )
      if (!isBack) throw new Error(`${part} is not back`)
    },
  }))
}
