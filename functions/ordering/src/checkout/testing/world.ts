import type { Call, Tx } from "@eshop/building-blocks/app/call"
import type { Saga } from "@eshop/building-blocks/durable/saga"
import { undoName } from "@eshop/building-blocks/durable/step"
import type { Actor } from "@eshop/building-blocks/durable/testing/play-saga"
import { DependencyUnavailableError } from "@eshop/building-blocks/failure"
import { newId } from "@eshop/building-blocks/ids"
import { couponExhausted } from "@eshop/domain/discount/coupon-refusals"
import { redemptionReleased } from "@eshop/domain/discount/redemption"
import { usd } from "@eshop/domain/kernel/money"
import { evolve, type Order } from "@eshop/domain/ordering/order"
import { submitOrder } from "@eshop/domain/ordering/submit-order"
import { submission } from "@eshop/domain/ordering/testing/given"
import type { OrderPorts } from "../../orders/change-order.ts"
import type { Payments, Redemptions } from "../ports.ts"

export const PAYMENT_ID = "pi_1"
/** What a bug says; nobody outside of the log may ever read it. */
export const BUG = "duplicate key at /srv/app/orders.ts:42"

export type Scenario = {
  readonly coupon: boolean
  readonly couponRefused: boolean
  readonly payment: "authorised" | "declined" | "action-required" | "slow" | "never"
  readonly captureRefused: boolean
  readonly free: boolean
}

export const smooth: Scenario = {
  coupon: true,
  couponRefused: false,
  payment: "authorised",
  captureRefused: false,
  free: false,
}

/** What goes wrong with one attempt at a step: it fails or finds something out, before or after its effect. */
export const faults = ["none", "failed", "failed-after", "unavailable", "unavailable-after"] as const
export type Fault = (typeof faults)[number]

/** The world around a checkout: the real steps of its sagas, on ports in memory that can be looked at afterwards. */
export function worldOf(scenario: Scenario) {
  const total = scenario.free ? usd(0) : submission.total
  const submitted = submitOrder(
    undefined,
    { ...submission, total, couponCodes: scenario.coupon ? ["WELCOME10"] : [] },
    new Date(0),
  )
  const stored = { order: (submitted as never[]).reduce<Order | undefined>(evolve, undefined), version: 2 }
  const announced: string[] = []
  const payment = { made: 0, authorised: false, captured: 0, refunded: 0 }
  const undone: (string | undefined)[] = []
  const coupon = { taken: false, confirmed: false, released: false }

  const find = async () => stored as { order: Order; version: number }
  const ports: OrderPorts & { payments: Payments; redemptions: Redemptions } = {
    orders: {
      find,
      lock: find,
      append: async (_, __, ___, ____, order) => void Object.assign(stored, { order }),
    } as Partial<OrderPorts["orders"]> as OrderPorts["orders"],
    outbox: {
      add: async (_, messages) => void announced.push(...messages.map(({ event }) => event.type)),
    } as Partial<OrderPorts["outbox"]> as OrderPorts["outbox"],
    payments: paymentsOf(scenario, payment, total.amount, undone),
    redemptions: {
      async reserve() {
        if (scenario.couponRefused) return couponExhausted()
        if (coupon.released) return redemptionReleased()
        coupon.taken = true
        return undefined
      },
      async confirm() {
        if (!coupon.taken) return redemptionReleased()
        coupon.confirmed = true
        return undefined
      },
      async release() {
        Object.assign(coupon, { taken: false, released: true })
      },
    },
  }

  /** The sagas' activities; each attempt at one takes the next of the faults. */
  function actors(saga: Saga, ahead: readonly Fault[] = []): Record<string, Actor> {
    const left = [...ahead]
    const actor =
      (run: (input: never, call: Call, answer?: never) => Promise<unknown>): Actor =>
      async (input, { now, answer }) => {
        const fault = left.shift() ?? "none"
        const fail = () => {
          if (fault.startsWith("failed")) throw new Error(BUG)
          if (fault.startsWith("unavailable")) throw new DependencyUnavailableError("a dependency")
        }
        if (!fault.endsWith("-after")) fail()
        const call: Call = {
          now,
          newId,
          caller: { kind: "system", id: saga.name },
          transact: (work) => work({} as Tx),
        }
        const result = await run(input, call, answer as never)
        fail()
        return result
      }
    return Object.fromEntries(
      saga.steps.flatMap((step): [string, Actor][] => [
        [step.name, actor(step.run(ports as never))],
        ...(step.undo ? [[undoName(step), actor(step.undo(ports as never))] as [string, Actor]] : []),
      ]),
    )
  }

  return {
    /** The order; a test may put another state in its place. */
    stored,
    payment,
    /** By which id each undo found the payment. */
    undone,
    coupon,
    announced,
    actors,
  }
}

function paymentsOf(
  scenario: Scenario,
  payment: { made: number; authorised: boolean; captured: number; refunded: number },
  amount: number,
  undone: (string | undefined)[],
): Payments {
  let polls = 0
  const authorised = { type: "authorised", paymentId: PAYMENT_ID } as const
  const processing = { type: "processing", paymentId: PAYMENT_ID } as const
  return {
    async authorise() {
      if (scenario.payment === "declined")
        return { type: "declined", paymentId: PAYMENT_ID, code: "card_declined" }
      // Its idempotency key makes any further one the same payment.
      if (payment.made === 0) Object.assign(payment, { made: 1, authorised: true })
      if (scenario.payment === "action-required") return { type: "action-required", paymentId: PAYMENT_ID }
      return scenario.payment === "authorised" ? authorised : processing
    },
    async check() {
      return scenario.payment === "slow" && ++polls > 2 ? authorised : processing
    },
    async capture() {
      if (scenario.captureRefused) return { type: "refused", paymentId: PAYMENT_ID, code: "canceled" }
      Object.assign(payment, { authorised: false, captured: amount })
      return { type: "captured", paymentId: PAYMENT_ID }
    },
    async undo(_, known) {
      undone.push(known)
      Object.assign(payment, { made: 1, authorised: false, refunded: payment.captured })
    },
  }
}
