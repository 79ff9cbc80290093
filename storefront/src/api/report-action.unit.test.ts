import { expect, test } from "vitest"
import { spanOf } from "./report-action.ts"

test("an action of the user is one span, which names nobody and no page", () => {
  const ids = { traceId: "a".repeat(32), spanId: "b".repeat(16) }
  const [resource] = spanOf({ ...ids, name: "click", began: 1_000, ended: 1_250 }).resourceSpans
  expect(resource?.resource.attributes).toEqual([
    { key: "service.name", value: { stringValue: "storefront" } },
  ])
  const [span] = resource?.scopeSpans[0]?.spans ?? []
  expect(span).toEqual({
    ...{ ...ids, name: "click", kind: 3 },
    startTimeUnixNano: expect.stringMatching(/^\d{19}$/),
    endTimeUnixNano: expect.stringMatching(/^\d{19}$/),
  })
  expect(BigInt(span?.endTimeUnixNano ?? 0) - BigInt(span?.startTimeUnixNano ?? 0)).toBe(250_000_000n)
})
