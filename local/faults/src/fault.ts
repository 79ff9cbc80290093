import * as z from "zod"

/** A place of a saga where something can go wrong: before a run of an activity, or after it while its result is not kept yet. */
export const Point = z.strictObject({
  place: z.enum(["before", "after"]),
  activity: z.string().regex(/^[\w-]{1,100}$/),
})
export type Point = z.infer<typeof Point>

/** Parts that can be killed and held still. */
export const processes = [
  ...(["ordering", "catalog", "basket", "discount"] as const),
  ...(["payments", "servicebus", "redis"] as const),
] as const
/** Parts that can be killed and taken away. Whoever connects to PostgreSQL talks to a process that a halt of it misses. */
export const parts = [...processes, "postgres", "storage"] as const

const Seconds = z.int().min(1).max(300)

/** What goes wrong. Payments and reports are those of the order that the saga leads. */
export const Fault = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("payment"),
    what: z.enum(["declined", "unanswered-before", "unanswered-after"]),
  }),
  z.strictObject({ kind: z.literal("webhook"), what: z.enum(["late", "twice", "never"]) }),
  z.strictObject({ kind: z.literal("killed"), part: z.enum(parts) }),
  z.strictObject({ kind: z.literal("frozen"), part: z.enum(processes), seconds: Seconds }),
  z.strictObject({ kind: z.literal("away"), part: z.enum(parts), seconds: Seconds }),
])
export type Fault = z.infer<typeof Fault>

/** How the broker passes on what is published while it lasts. */
export const Messages = z.enum(["as-sent", "twice", "late", "out-of-order"])
export type Messages = z.infer<typeof Messages>

/** A fault that waits for its place: for the next order that comes by, or for every order's first time there. */
export const Switch = z.strictObject({ fault: Fault, point: Point, repeat: z.enum(["once", "every-order"]) })
export type Switch = z.infer<typeof Switch>

/** Faults by chance: which orders are hit, by what and where, is fixed by the seed. */
export const Chance = z.strictObject({ seed: z.int().min(0).max(999_999), percent: z.int().min(0).max(100) })
export type Chance = z.infer<typeof Chance>

/** An order as it is placed again. */
export const PlacedOrder = z.strictObject({
  lines: z.array(z.strictObject({ sku: z.string(), quantity: z.int().positive() })).min(1),
  couponCode: z.string().optional(),
  paymentMethod: z.string(),
  /** How the broker passed on what was published when it was placed. */
  messages: Messages,
})
export type PlacedOrder = z.infer<typeof PlacedOrder>

/** A fault at its place: at the `run`-th time that the order (counted from 1) reaches it, counted from 1. */
export const PlannedFault = z.strictObject({
  order: z.int().positive(),
  ...Point.shape,
  run: z.int().positive(),
  fault: Fault,
})
export type PlannedFault = z.infer<typeof PlannedFault>

/** What happened, so that it happens again elsewhere: the orders in their sequence, and the faults at their places. */
export const Script = z.strictObject({
  version: z.literal(1),
  seed: Chance.shape.seed,
  orders: z.array(PlacedOrder).max(1_000),
  faults: z.array(PlannedFault),
})
export type Script = z.infer<typeof Script>
