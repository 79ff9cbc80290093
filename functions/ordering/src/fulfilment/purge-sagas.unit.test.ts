import type { CommandCall } from "@eshop/building-blocks/app/call"
import type { Sagas } from "@eshop/building-blocks/durable/saga-client"
import { expect, test } from "vitest"
import { purgeSagas } from "./purge-sagas.ts"

const DAY = 24 * 60 * 60_000
const day = (days: number) => new Date(Date.UTC(2026, 0, 1) + days * DAY)

type Instance = { readonly startedAt: Date; readonly endedAt?: Date }

/** A task hub that is purged every night. @returns on which day after its start each instance was removed */
async function nights(instances: readonly Instance[], runsOn: (night: number) => boolean = () => true) {
  const removed = new Map<Instance, number>()
  let now = day(0)
  const sagas: Pick<Sagas, "purgeEnded"> = {
    async purgeEnded({ startedFrom, startedTo, endedBefore }) {
      const found = instances.filter(
        (one) =>
          !removed.has(one) &&
          one.startedAt >= startedFrom &&
          one.startedAt <= startedTo &&
          one.endedAt !== undefined &&
          one.endedAt < endedBefore,
      )
      for (const one of found) removed.set(one, (now.getTime() - one.startedAt.getTime()) / DAY)
      return found.length
    },
  }
  for (let night = 1; night <= 500; night++) {
    now = day(night)
    if (runsOn(night)) await purgeSagas.handle({ sagas } as never)({} as never, { now } as CommandCall)
  }
  return instances.map((one) => removed.get(one))
}

test("removes a saga at the first look at those that began with it, once it has ended 30 days ago", async () => {
  const after = (days: number) => ({ startedAt: day(0.5), endedAt: day(0.5 + days) })
  expect(await nights([after(0.01), after(19), after(40), after(100), after(300)])).toEqual([
    30.5, 50.5, 90.5, 180.5, 365.5,
  ])
})

test("leaves what has not ended", async () => {
  expect(await nights([{ startedAt: day(0.5) }])).toEqual([undefined])
})

test("misses none where two nights are missed", async () => {
  const checkout = { startedAt: day(0.5), endedAt: day(0.6) }
  for (const missed of [30, 31, 32, 33])
    expect(await nights([checkout], (night) => night !== missed && night !== missed + 1)).not.toEqual([
      undefined,
    ])
})
