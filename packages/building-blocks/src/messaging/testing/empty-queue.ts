import type { DeadLetterQueue } from "../dead-letters.ts"

/** A dead-letter queue that nothing ever got into. */
export const emptyQueue = (): DeadLetterQueue => ({
  peek: async () => [],
  counts: async () => ({}),
  redrive: async () => 0,
})
