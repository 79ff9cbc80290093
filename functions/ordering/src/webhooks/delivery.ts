import * as z from "zod"

export const DeliveryState = z.enum(["pending", "delivered", "failed"])
export type DeliveryState = z.infer<typeof DeliveryState>

export const DeliveryId = z.uuid().toLowerCase()

/** One event on its way to one subscription. */
export type Delivery = {
  /** The webhook-id of every attempt: by it a receiver recognises a repetition. */
  readonly id: string
  readonly subscriptionId: string
  readonly type: string
  /** As it is sent. */
  readonly body: string
  readonly state: DeliveryState
  /** How often it was tried since it was made or replayed. */
  readonly attempts: number
  readonly createdAt: string
  /** Of a pending one: not before then. */
  readonly dueAt: string
  readonly lastAttempt?: Attempt
}

/** How an attempt ended. */
export type Attempt = {
  readonly at: string
  /** Of the answer. */
  readonly status?: number
  /** Where there was no answer: `timeout`, `address-refused`, or what the system calls it. */
  readonly error?: string
  /** The beginning of the answer's body. */
  readonly response?: string
  readonly milliseconds: number
}

/** A delivery in the log. */
export const DeliveryView = z.strictObject({
  id: z.uuid().describe("The header webhook-id"),
  type: z.string(),
  state: DeliveryState,
  attempts: z.int().min(0),
  createdAt: z.iso.datetime(),
  dueAt: z.iso.datetime().optional().describe("When it is tried the next time; absent once it has ended"),
  lastAttempt: z
    .strictObject({
      at: z.iso.datetime(),
      status: z.int().optional(),
      error: z.string().optional(),
      response: z.string().optional().describe("The first 200 characters of the answer"),
      milliseconds: z.int().min(0),
    })
    .optional(),
})

export const deliveryView = (delivery: Delivery): z.infer<typeof DeliveryView> => {
  const { id, type, state, attempts, createdAt, dueAt, lastAttempt } = delivery
  return {
    id,
    type,
    state,
    attempts,
    createdAt,
    ...(state === "pending" && { dueAt }),
    ...(lastAttempt && { lastAttempt }),
  }
}
