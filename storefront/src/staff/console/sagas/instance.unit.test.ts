import { expect, test } from "vitest"
import { byUrgency, type Instance, verdictOf } from "./instance.ts"

const now = Date.parse("2026-11-26T10:00:00Z")
const before = (minutes: number) => new Date(now - minutes * 60_000).toISOString()
const instance = (more: Partial<Instance>): Instance => ({
  ...{ instanceId: "018f", saga: "checkout", runtimeStatus: "Running" },
  ...{ createdAt: before(60), updatedAt: before(1) },
  ...more,
})
const waits = { step: "awaiting-payment", says: "waits for the payment until 10:05 UTC, then cancels" }
const failing = { step: "capture-payment", attempt: 7, needsAttention: true as const, since: before(3) }

test.each([
  [{ position: { ...waits, until: before(-5) } }, "calm", waits.says],
  [{ position: { ...waits, until: before(1) } }, "calm", waits.says],
  [{ position: { ...waits, until: before(7) } }, "warn", `should have gone on 7 min ago: ${waits.says}`],
  [{ position: waits, updatedAt: before(6) }, "warn", `has not moved for 6 min: ${waits.says}`],
  [{}, "calm", "is under way"],
  [
    { position: { ...failing, waitsFor: "payments", until: before(-1) } },
    "bad",
    "stuck at capture-payment for 3 min: 7 attempts, payments is out; the next is at 10:01:00 UTC",
  ],
  [{ position: failing }, "bad", "stuck at capture-payment for 3 min: 7 attempts, each failed"],
  [
    { runtimeStatus: "Suspended", position: failing, updatedAt: before(120) },
    "warn",
    "suspended for 2 h: nothing moves until it is resumed",
  ],
  [{ runtimeStatus: "Failed" }, "bad", "has failed for good: its log line says why"],
  [{ runtimeStatus: "Pending", createdAt: before(1) }, "calm", "is about to begin"],
  [{ runtimeStatus: "Pending", createdAt: before(9) }, "warn", "has waited for 9 min to begin"],
  [{ runtimeStatus: "Terminated", position: waits }, "over", "was terminated"],
  [{ runtimeStatus: "Completed", position: { step: "paid", says: "has paid" } }, "over", "has paid"],
  [{ runtimeStatus: "Completed" }, "over", "has ended"],
] satisfies [Partial<Instance>, string, string][])("%j is %s: %s", (more, tone, says) => {
  expect(verdictOf(instance(more), now)).toEqual({ tone, says })
})

test("those come first that somebody has to look at, and of them those that began first", () => {
  const ordered = byUrgency(
    [
      instance({ instanceId: "ended", runtimeStatus: "Completed" }),
      instance({ instanceId: "calm" }),
      instance({ instanceId: "younger", position: failing, createdAt: before(5) }),
      instance({ instanceId: "suspended", runtimeStatus: "Suspended" }),
      instance({ instanceId: "older", position: failing }),
    ],
    now,
  )
  expect(ordered.map(({ instanceId }) => instanceId)).toEqual([
    ...["older", "younger", "suspended", "calm", "ended"],
  ])
})
