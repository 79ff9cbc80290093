import type { Tx } from "@eshop/building-blocks/app/call"
import { AttentionNote } from "@eshop/building-blocks/durable/attention"
import type { SagaPosition } from "@eshop/building-blocks/durable/position"
import { step } from "@eshop/building-blocks/durable/step"
import * as z from "zod"
import { orderIdOf } from "./instance-id.ts"

/** A saga that needs attention, as it was when that was noted down. */
export type SagaInNeed = {
  readonly instanceId: string
  readonly orderId: string
  readonly saga: string
  readonly position: SagaPosition
  readonly notedAt: Date
}

/** Which sagas need attention, outside of the task hub: nothing there can be asked for it without reading all instances. */
export type Attention = {
  /** Notes one down; the first note of an instance stays. */
  note(tx: Tx, saga: SagaInNeed): Promise<void>
  /** Strikes one out, if it is there. */
  strike(tx: Tx, instanceId: string): Promise<void>
  /** The oldest first. @param after the last one of the page before */
  list(
    after: { readonly notedAt: Date; readonly instanceId: string } | undefined,
    limit: number,
  ): Promise<readonly SagaInNeed[]>
  /** How many of each saga there are. */
  countBySaga(): Promise<Readonly<Record<string, number>>>
}

/** Keeps the list of sagas that need attention: what every saga of this app names as its `attention`. */
export const attentionNoted = step("note-attention", {
  input: AttentionNote,
  output: z.void(),
  run:
    ({ attention }: { attention: Attention }) =>
    ({ instanceId, saga, position }, call) =>
      call.transact((tx) =>
        position
          ? attention.note(tx, {
              instanceId,
              orderId: orderIdOf(instanceId),
              saga,
              position,
              notedAt: call.now,
            })
          : attention.strike(tx, instanceId),
      ),
})
