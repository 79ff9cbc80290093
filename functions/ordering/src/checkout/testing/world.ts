import type { Call, Tx } from "@eshop/building-blocks/app/call"
import type { Saga } from "@eshop/building-blocks/durable/saga"
import { undoName } from "@eshop/building-blocks/durable/step"
import type { Actor } from "@eshop/building-blocks/durable/testing/play-saga"
import { DependencyUnavailableError } from "@eshop/building-blocks/failure"
import { newId } from "@eshop/building-blocks/ids"
import { OrderStatusChanged } from "@eshop/domain/contracts/ordering-events"
import { couponExhausted } from "@eshop/domain/discount/coupon-refusals"
import { redemptionReleased } from "@eshop/domain/discount/redemption"
import { usd } from "@eshop/domain/kernel/money"
import { confirmStock } from "@eshop/domain/ordering/confirm-stock"
import { evolve, type Order } from "@eshop/domain/ordering/order"
import { submitOrder } from "@eshop/domain/ordering/submit-order"
import { submission } from "@eshop/domain/ordering/testing/given"
import type { OrderPorts } from "../../orders/change-order.ts"
import type { LockedOrder } from "../../orders/ports.ts"
import type { Payments } from "../../payments/ports.ts"
import type { Attention, SagaInNeed } from "../../sagas/attention.ts"
import type { PaidPorts } from "../order-steps.ts"
import { paymentCaptured } from "../payment.ts"
import type { CheckoutSettings, Redemptions } from "../ports.ts"

export const PAYMENT_ID = "pi_1"
export const REDIRECT_URL = "https://payments.example/confirm/pi_1"
/** When every play begins. */
export const startedAt = new Date("2026-01-01T00:00:00.000Z")
/** What a bug says; nobody outside of the log may ever read it. */
export const BUG = "duplicate key at /srv/app/orders.ts:42"

export type Scenario = {
  readonly coupon: boolean
  readonly couponRefused: boolean
  /**
   * slow: there after a third question. confirmed, refused: its holder has to confirm it, and has done, or has failed to,
   * by the third question. action-required, never: nothing more comes of it.
   */
  readonly payment: "authorised" | "declined" | "action-required" | "confirmed" | "refused" | "slow" | "never"
  readonly captureRefused: boolean
  /** Whether the order's store is out while the money is taken: the order is marked as paid by a step of its own. */
  readonly markedLater: boolean
  readonly free: boolean
  readonly gracePeriodSeconds: number
  /** After so many seconds Catalog has set the stock aside, if it does at all; the handler of its answer confirms it. */
  readonly stockAfterSeconds: number
  readonly stockExpiresAt: string
}

export const smooth: Scenario = {
  coupon: true,
  couponRefused: false,
  payment: "authorised",
  captureRefused: false,
  markedLater: false,
  free: false,
  gracePeriodSeconds: 0,
  stockAfterSeconds: 1,
  stockExpiresAt: "2026-01-01T00:30:00.000Z",
}

/** What goes wrong with one attempt at a step: it fails or finds something out, before or after its effect. */
export const faults = ["none", "failed", "failed-after", "unavailable", "unavailable-after"] as const
export type Fault = (typeof faults)[number]

type Ports = PaidPorts & {
  readonly payments: Payments
  readonly redemptions: Redemptions
  readonly attention: Attention
  readonly checkoutSettings: CheckoutSettings
}

/** The world around a checkout: the real steps of its sagas, on ports in memory that can be looked at afterwards. */
export function worldOf(scenario: Scenario) {
  const total = scenario.free ? usd(0) : submission.total
  const submitted = submitOrder(
    undefined,
    { ...submission, total, couponCodes: scenario.coupon ? ["WELCOME10"] : [] },
    startedAt,
  )
  const stored = { order: (submitted as never[]).reduce<Order | undefined>(evolve, undefined), version: 2 }
  /** Without the changes of the order's status. */
  const announced: string[] = []
  const payment = { made: 0, authorised: false, captured: 0, voided: 0, refunded: 0 }
  const undone: (string | undefined)[] = []
  const coupon = { taken: false, confirmed: false, released: false }

  let storeIsOut = false
  const find = async () => ({ ...stored, head: { version: 2, hash: "" } }) as LockedOrder
  const needy = new Map<string, SagaInNeed>()
  const ports: Ports = {
    orders: {
      find,
      lock: find,
      async append(_, __, ___, ____, order) {
        if (storeIsOut) throw new DependencyUnavailableError("a dependency")
        Object.assign(stored, { order })
      },
    } as Partial<OrderPorts["orders"]> as OrderPorts["orders"],
    outbox: {
      add: async (_, messages) =>
        void announced.push(
          ...messages.map(({ event }) => event.type).filter((type) => type !== OrderStatusChanged.type),
        ),
    } as Partial<OrderPorts["outbox"]> as OrderPorts["outbox"],
    invoiceSeries: { next: async () => 1 },
    payments: paymentsOf(scenario, payment, total.amount, undone),
    checkoutSettings: { gracePeriodSeconds: scenario.gracePeriodSeconds },
    attention: {
      note: async (_, saga) => void needy.set(saga.instanceId, saga),
      strike: async (_, instanceId) => void needy.delete(instanceId),
      countBySaga: async () => ({}),
      list: async () => [...needy.values()],
    },
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

  /** What the handler of Catalog's answer does, before it tells the saga. */
  function confirmStockBy(now: Date): void {
    const seconds = (now.getTime() - startedAt.getTime()) / 1_000
    const { order } = stored
    if (order?.status !== "AwaitingStock" || seconds < scenario.stockAfterSeconds) return
    const confirmed = confirmStock(order, { reservedUntil: scenario.stockExpiresAt }, now)
    Object.assign(stored, { order: (confirmed as never[]).reduce<Order | undefined>(evolve, order) })
  }

  /** The sagas' activities; each attempt at one takes the next of the faults. */
  function actors(saga: Saga, ahead: readonly Fault[] = []): Record<string, Actor> {
    const left = [...ahead]
    const actor =
      (name: string, run: (input: never, call: Call, answer?: never) => Promise<unknown>): Actor =>
      async (input, { now, answer }) => {
        confirmStockBy(now)
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
        storeIsOut = scenario.markedLater && name === paymentCaptured.name
        const result = await run(input, call, answer as never).finally(() => {
          storeIsOut = false
        })
        fail()
        return result
      }
    return Object.fromEntries(
      saga.steps.flatMap((step): [string, Actor][] => [
        [step.name, actor(step.name, step.run(ports as never))],
        ...(step.undo
          ? [[undoName(step), actor(undoName(step), step.undo(ports as never))] as [string, Actor]]
          : []),
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
    /** The sagas that are noted down as needing attention. */
    needy,
    announced,
    actors,
  }
}

function paymentsOf(
  scenario: Scenario,
  payment: { made: number; authorised: boolean; captured: number; voided: number; refunded: number },
  amount: number,
  undone: (string | undefined)[],
): Payments {
  let polls = 0
  const authorised = { type: "authorised", paymentId: PAYMENT_ID } as const
  const processing = { type: "processing", paymentId: PAYMENT_ID } as const
  const declined = { type: "declined", paymentId: PAYMENT_ID, code: "card_declined" } as const
  const asked = { type: "action-required", paymentId: PAYMENT_ID, redirectUrl: REDIRECT_URL } as const
  const first = {
    ...{ authorised, declined, slow: processing, never: processing },
    ...{ "action-required": asked, confirmed: asked, refused: asked },
  }[scenario.payment]
  const last = { slow: authorised, confirmed: authorised, refused: declined }
  return {
    async authorise() {
      // Its idempotency key makes any further one the same payment.
      if (payment.made === 0) Object.assign(payment, { made: 1, authorised: first.type !== "declined" })
      return first
    },
    async check() {
      return (++polls > 2 && last[scenario.payment as keyof typeof last]) || first
    },
    async capture() {
      if (scenario.captureRefused) return { type: "refused", paymentId: PAYMENT_ID, code: "canceled" }
      if (payment.voided > 0) return { type: "refused", paymentId: PAYMENT_ID, code: "canceled" }
      Object.assign(payment, { authorised: false, captured: amount })
      return { type: "captured", paymentId: PAYMENT_ID }
    },
    async undo(_, known) {
      undone.push(known)
      const { captured } = payment
      Object.assign(payment, { made: 1, authorised: false, refunded: captured })
      if (captured === 0) payment.voided = 1
    },
    refund: never,
    checkRefund: never,
  }
}

const never = async () => {
  throw new Error("a checkout refunds nothing")
}
