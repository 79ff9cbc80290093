import * as z from "zod"
import { SagaPosition } from "./position.ts"
import type { Step } from "./step.ts"

/** That a saga needs attention, or no longer. Said again it is the same. */
export const AttentionNote = z.object({
  instanceId: z.string(),
  saga: z.string(),
  /** Where it is stuck; absent when it needs nobody any more. */
  position: SagaPosition.optional(),
})
export type AttentionNote = z.infer<typeof AttentionNote>

/** A step that notes it down: tried once at a time, and nothing waits for it. */
export type AttentionStep<Ports = never> = Step<Ports, string, typeof AttentionNote, z.ZodVoid>
