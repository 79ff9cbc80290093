import type { Checkout } from "@eshop/domain/events/basket-events"
import { usd } from "@eshop/domain/money"
import { decide, evolve, type Order, type OrderCommand } from "@eshop/domain/ordering/order"
import { isRefusal } from "@eshop/domain/refusal"
import type { OrchestrationContext, Task } from "durable-functions"
import fc from "fast-check"
import { describe, expect, it, vi } from "vitest"
import { checkoutSaga } from "./checkout-saga.ts"

// The library registers its triggers with the host's core module, which only exists inside a Functions worker; the
// saga needs nothing of it but the shape of its retry options.
vi.mock("durable-functions", () => ({
  RetryOptions: class {
    backoffCoefficient = 1
    readonly firstRetryIntervalInMilliseconds: number
    readonly maxNumberOfAttempts: number
    constructor(first: number, attempts: number) {
      this.firstRetryIntervalInMilliseconds = first
      this.maxNumberOfAttempts = attempts
    }
  },
}))

const orderId = "0197c0de-0000-7000-8000-000000000001"

/** What goes wrong with one attempt at a step: it fails before its effect, or its effect happens and the answer is lost. */
type Fault = "none" | "before" | "after"

type Scenario = {
  coupon: boolean
  couponRefused: boolean
  stock: "reserved" | "rejected" | "silent"
  payment: "authorised" | "declined" | "slow" | "never"
  captureRefused: boolean
  free: boolean
  faults: Fault[]
}

/** The world around the saga: idempotent steps on state that can be looked at afterwards. */
function worldOf(scenario: Scenario, checkout: Checkout) {
  let order: Order | undefined
  let polls = 0
  const payment = { authorised: false, captured: 0, refunded: 0 }
  const coupon = { taken: false, confirmed: false, released: false }
  const change = (command: OrderCommand) => {
    const events = decide(order, command, new Date(0))
    if (isRefusal(events)) return events
    order = events.reduce<Order | undefined>(evolve, order)
    return { status: order?.status }
  }
  const authorised = { type: "authorised", paymentId: "pi_1" }
  const steps: Record<string, (data: never) => unknown> = {
    "create-order": () => change({ type: "submit", checkout }),
    "confirm-stock": () => change({ type: "confirm-stock" }),
    "cancel-order": ({ reason }: { reason: { code: string; detail: string } }) =>
      change({ type: "cancel", reason }),
    "mark-paid": (paid: { paymentId: string; captured: Checkout["total"] }) =>
      change({ type: "pay", ...paid }),
    "reserve-coupon": () => {
      if (scenario.couponRefused)
        return { refused: true, kind: "rule", code: "coupon.exhausted", detail: "Used up." }
      coupon.taken = !coupon.released
      return { reserved: true }
    },
    "confirm-coupon": () => {
      coupon.confirmed = coupon.taken
      return { confirmed: true }
    },
    "release-coupon": () => {
      Object.assign(coupon, { taken: false, released: true })
      return {}
    },
    "authorise-payment": () => {
      if (scenario.payment === "declined") return { type: "declined", code: "card_declined" }
      payment.authorised = true
      return scenario.payment === "authorised" ? authorised : { type: "processing", paymentId: "pi_1" }
    },
    "check-payment": () =>
      scenario.payment === "slow" && ++polls > 2 ? authorised : { type: "processing", paymentId: "pi_1" },
    "capture-payment": () => {
      if (scenario.captureRefused) return { type: "refused", paymentId: "pi_1", code: "expired" }
      Object.assign(payment, { authorised: false, captured: checkout.total.amount })
      return { type: "captured", paymentId: "pi_1" }
    },
    "undo-payment": () => {
      Object.assign(payment, { authorised: false, refunded: payment.captured })
      return {}
    },
  }
  return {
    payment,
    coupon,
    order: () => order,
    run: (step: string, data: unknown) => steps[step]?.(data as never),
  }
}

type Pending =
  | { kind: "activity"; name: string; data: unknown; attempts: number }
  | { kind: "timer"; fireAt: Date }
  | { kind: "event"; result?: unknown }
  | { kind: "any"; tasks: Pending[] }

/** Plays the engine: runs the saga's generator against the world until it ends, with the scenario's faults. */
function play(scenario: Scenario) {
  const total = scenario.free ? usd(0) : usd(900)
  const checkout: Checkout = {
    checkoutId: orderId,
    customerId: "58c49479-ec65-4de2-86e7-033c546291aa",
    lines: [{ productId: orderId, name: "Phone", quantity: 1, unitPrice: usd(1_000) }],
    subtotal: usd(1_000),
    discount: usd(1_000 - total.amount),
    total,
    ...(scenario.coupon && { couponCode: "WELCOME10" }),
    discountUnavailable: false,
    shippingAddress: {
      firstName: "A",
      lastName: "B",
      emailAddress: "a@b.example",
      addressLine: "C 1",
      country: "DE",
    },
    paymentMethod: "pm_card_visa",
  }
  const world = worldOf(scenario, checkout)
  const faults = [...scenario.faults]
  const attempts: string[] = []
  let now = new Date("2026-01-01T00:00:00Z")
  const context = {
    df: {
      getInput: () => ({ checkout }),
      get currentUtcDateTime() {
        return now
      },
      setCustomStatus: () => undefined,
      callActivity: (name: string, { data }: { data: unknown }): Pending => ({
        kind: "activity",
        name,
        data,
        attempts: 1,
      }),
      callActivityWithRetry: (
        name: string,
        retry: { maxNumberOfAttempts: number },
        { data }: { data: unknown },
      ): Pending => ({
        kind: "activity",
        name,
        data,
        attempts: retry.maxNumberOfAttempts,
      }),
      createTimer: (fireAt: Date) => ({ kind: "timer", fireAt, cancel: () => undefined }),
      waitForExternalEvent: (): Pending => ({ kind: "event" }),
      Task: { any: (tasks: Pending[]): Pending => ({ kind: "any", tasks }) },
    },
  } as unknown as OrchestrationContext

  function settle(task: Pending): unknown {
    if (task.kind === "timer") {
      now = task.fireAt
      return undefined
    }
    if (task.kind === "any") {
      const [event, timer] = task.tasks as [Extract<Pending, { kind: "event" }>, Pending]
      if (scenario.stock === "silent") {
        settle(timer)
        return timer
      }
      event.result =
        scenario.stock === "reserved" ? { outcome: "reserved" } : { outcome: "rejected", shortages: [] }
      return event
    }
    if (task.kind === "event") throw new Error("the saga waits for an event without a deadline")
    for (let attempt = 1; ; attempt++) {
      attempts.push(task.name)
      const fault = faults.shift() ?? "none"
      const result = fault === "before" ? undefined : world.run(task.name, task.data)
      if (fault === "none") return result
      if (attempt === task.attempts) throw new Error(`Activity function '${task.name}' failed:  lost`)
    }
  }

  const saga = checkoutSaga(context)
  let step = saga.next()
  while (!step.done) {
    let answer: unknown
    try {
      answer = settle(step.value as Task as unknown as Pending)
    } catch (error) {
      step = saga.throw(error)
      continue
    }
    step = saga.next(answer)
  }
  return { ended: step.value, world, attempts }
}

const scenarios = fc.record<Scenario>({
  coupon: fc.boolean(),
  couponRefused: fc.boolean(),
  stock: fc.constantFrom("reserved", "rejected", "silent"),
  payment: fc.constantFrom("authorised", "declined", "slow", "never"),
  captureRefused: fc.boolean(),
  free: fc.boolean(),
  faults: fc.array(fc.constantFrom<Fault>("none", "before", "after"), { maxLength: 40 }),
})

const smooth: Scenario = {
  coupon: true,
  couponRefused: false,
  stock: "reserved",
  payment: "authorised",
  captureRefused: false,
  free: false,
  faults: [],
}

describe("the checkout saga", () => {
  it("takes its steps in order when all goes well", () => {
    const { ended, attempts } = play(smooth)
    expect(ended).toBe("Paid")
    expect(attempts).toEqual([
      "create-order",
      "confirm-stock",
      "reserve-coupon",
      "authorise-payment",
      "confirm-coupon",
      "capture-payment",
      "mark-paid",
    ])
  })

  it("undoes the last step first", () => {
    const { ended, attempts } = play({ ...smooth, payment: "declined" })
    expect(ended).toBe("Cancelled")
    expect(attempts.slice(-3)).toEqual(["undo-payment", "release-coupon", "cancel-order"])
  })

  it("authorises nothing for an order that a coupon made free", () => {
    const { ended, attempts } = play({ ...smooth, free: true })
    expect(ended).toBe("Paid")
    expect(attempts).not.toContain("authorise-payment")
  })

  it("whatever fails and whenever: ends paid once, or with everything given back", () => {
    fc.assert(
      fc.property(scenarios, (scenario) => {
        const { ended, world } = play(scenario)
        const { payment, coupon } = world
        expect(world.order()?.status).toBe(ended)
        if (ended === "Paid") {
          expect(payment).toEqual({ authorised: false, captured: scenario.free ? 0 : 900, refunded: 0 })
          expect(coupon).toEqual({ taken: scenario.coupon, confirmed: scenario.coupon, released: false })
        } else {
          expect(ended).toBe("Cancelled")
          expect(payment.authorised).toBe(false)
          expect(payment.captured - payment.refunded).toBe(0)
          expect(coupon.taken).toBe(false)
        }
      }),
      { numRuns: 1_000 },
    )
  })

  it("without faults it ends Paid exactly when everybody agreed", () => {
    fc.assert(
      fc.property(scenarios, (scenario) => {
        const { ended } = play({ ...scenario, faults: [] })
        const couponFits = !scenario.coupon || !scenario.couponRefused
        const paymentFits =
          scenario.free ||
          ((scenario.payment === "authorised" || scenario.payment === "slow") && !scenario.captureRefused)
        const agreed = scenario.stock === "reserved" && couponFits && paymentFits
        expect(ended).toBe(agreed ? "Paid" : "Cancelled")
      }),
      { numRuns: 500 },
    )
  })
})
