import { expect } from "vitest"
import { replay } from "../order.ts"
import type { OrderEvent } from "../order-events.ts"
import { at, decide, type Said, streamOf } from "./given.ts"

/** given(what was said).when(a command).then(the events that follow, or a refusal's code) */
export const given = (...said: readonly Said[]) => ({
  when: (command: Said) => ({
    // biome-ignore lint/suspicious/noThenProperty: the third word of given, when, then; nobody awaits it
    then: (expected: string | readonly Omit<OrderEvent, "v" | "at">[]) => {
      const decided = decide(replay(streamOf(...said)), command)
      if (!Array.isArray(decided)) return expect(decided.code).toBe(expected)
      return expect(decided).toEqual((expected as OrderEvent[]).map((event) => ({ ...event, v: 1, at })))
    },
  }),
})
export const noNews: never[] = []
