import fc from "fast-check"
import { expect, test } from "vitest"
import { OrderStatus } from "../contracts/ordering-events.ts"
import { mergeLines, type StockLine } from "../contracts/stock-lines.ts"
import { usd } from "../kernel/money.ts"
import { isRefusal } from "../kernel/refusal.ts"
import { attentionOf } from "./attention.ts"
import { wordsOf } from "./event-words.ts"
import { evolve, isPaid, isSent, type Order, replay } from "./order.ts"
import { type OrderEvent, readOrderEvent } from "./order-events.ts"
import { exceeding } from "./order-lines.ts"
import {
  black,
  type CommandName,
  cancel,
  close,
  commands,
  confirm,
  decide,
  deliverBlack,
  deliverRed,
  dispute,
  id1,
  id2,
  now,
  pay,
  red,
  refund1,
  refund2,
  type Said,
  shipBlack,
  shipment1,
  shipment2,
  shipRed,
  submission,
  submit,
} from "./testing/given.ts"
import { proposeWithdrawal } from "./withdraw.ts"

// Whatever is said to an order, in whatever order: right and wrong, early, late and again.

const shipping = { method: "standard", price: usd(5_00) }
const total = usd(35_00)
const placed: Said = ["submitOrder", { ...submission, shipping, total }]
const paid: Said = ["payOrder", { paymentId: "pi_1", captured: total }]

type Model = { said: Set<CommandName> }
type Real = { order: Order | undefined; stream: OrderEvent[] }

/** Stories begin with more or less of the usual way, so that its late states are reached often enough. */
const beginning = [placed, confirm, paid, shipRed, shipBlack, deliverRed, deliverBlack]

const sumOf = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0)
const linesOf = (parts: readonly { readonly lines: readonly StockLine[] }[]) =>
  parts.flatMap(({ lines }) => lines)

/** What holds of every order, whatever was said to it. */
function checkInvariants(order: Order): void {
  if (!isPaid(order)) return
  const { captured, refunds } = order.payment
  expect(captured).toEqual(order.total)
  const back = refunds.filter(({ status }) => status !== "failed").map(({ amount }) => amount.amount)
  expect(sumOf(back)).toBeLessThanOrEqual(captured.amount)
  expect(refunds.every(({ amount }) => amount.amount > 0)).toBe(true)
  const shipments = isSent(order) ? order.shipments : []
  const returns = isSent(order) ? order.returns.filter(({ status }) => status !== "rejected") : []
  const gone = [...linesOf(shipments), ...linesOf(order.cancellations)]
  expect(exceeding(gone, order.lines)).toEqual([])
  expect(exceeding(linesOf(returns), linesOf(shipments))).toEqual([])
  for (const ids of [
    shipments.map(({ shipmentId }) => shipmentId),
    returns.map(({ returnId }) => returnId),
    refunds.map(({ refundId }) => refundId),
  ])
    expect(new Set(ids).size).toBe(ids.length)
  if (order.status === "Shipped") expect(mergeLines(gone)).toEqual(mergeLines(order.lines))
  if (order.status === "Delivered" || order.status === "Closed")
    expect(shipments.every(({ deliveredAt }) => deliveredAt)).toBe(true)
}

const way = OrderStatus.options

/** Something that is said, decided by what the order is by then. */
class Say implements fc.Command<Model, Real> {
  readonly #said: (order: Order | undefined) => Said
  readonly #name: string
  constructor(name: string, said: (order: Order | undefined) => Said) {
    this.#name = name
    this.#said = said
  }
  check = () => true
  run(model: Model, real: Real): void {
    const before = real.order
    const said = this.#said(before)
    model.said.add(said[0])
    const decided = decide(before, said)
    if (isRefusal(decided)) {
      expect(["conflict", "not-found"]).toContain(decided.kind)
      return
    }
    const events = decided as OrderEvent[]
    real.stream.push(...events)
    real.order = events.reduce<Order | undefined>(evolve, before)
    const after = real.order as Order
    checkInvariants(after)
    if (before) {
      expect(way.indexOf(after.status)).toBeGreaterThanOrEqual(way.indexOf(before.status))
      if (before.status === "Closed" || before.status === "Cancelled")
        expect(after.status).toBe(before.status)
    }
    // Said twice it is one.
    expect(decide(after, said)).toEqual([])
  }
  toString = () => this.#name
}
const says = (name: string, said: (order: Order | undefined) => Said) => fc.constant(new Say(name, said))

const id = fc.constantFrom(id1, id2, shipment1, shipment2, refund1, refund2)
const lines = fc.array(
  fc
    .record({ of: fc.constantFrom(red, black), quantity: fc.integer({ min: 1, max: 2 }) })
    .map(({ of, quantity }) => of(quantity)),
  { minLength: 1, maxLength: 2 },
)
const cents = fc.integer({ min: 0, max: 40_00 })
const reason = { code: "stock.damaged", detail: "The goods are damaged." }
const say = (said: fc.Arbitrary<Said>) => said.map((one) => new Say(JSON.stringify(one), () => one))
/** An id that the order knows, so that what is said about it is not always about nothing. */
const knownOr = (known: readonly string[], choice: number, other: string) =>
  known[choice % Math.max(1, known.length)] ?? other

const anything = [
  says("submit", () => placed),
  says("confirm stock", () => confirm),
  says("pay", () => paid),
  say(fc.constantFrom<Said>(submit, pay, cancel, close)),
  say(fc.record({ shipmentId: id, lines }).map((parcel): Said => ["shipOrder", parcel])),
  fc.nat(3).map(
    (choice) =>
      new Say(`deliver ${choice}`, (order) => {
        const known = order && isSent(order) ? order.shipments.map(({ shipmentId }) => shipmentId) : []
        return ["deliverShipment", { shipmentId: knownOr(known, choice, id1) }]
      }),
  ),
  say(fc.record({ cancellationId: id, lines }).map((some): Said => ["cancelLines", { ...some, reason }])),
  say(
    fc
      .record({ returnId: id, lines })
      .map((some): Said => ["requestReturn", { ...some, reason: "goods.damaged" }]),
  ),
  fc.record({ isAccepted: fc.boolean(), choice: fc.nat(3) }).map(
    ({ isAccepted, choice }) =>
      new Say(`decide return ${choice}`, (order) => {
        const known = order && isSent(order) ? order.returns.map((one) => one.returnId) : []
        const returnId = knownOr(known, choice, id2)
        return isAccepted
          ? ["acceptReturn", { returnId }]
          : ["rejectReturn", { returnId, reason: "goods.used" }]
      }),
  ),
  fc.record({ some: fc.option(lines, { nil: undefined }), returnId: id }).map(
    ({ some, returnId }) =>
      new Say(`withdraw ${JSON.stringify(some)}`, (order) => {
        const proposal = proposeWithdrawal(order, some, now)
        const withdrawalId = isRefusal(proposal) ? id1 : proposal.withdrawalId
        // A new return has a new id; the model's few ids would make it another one's.
        const taken = order && isSent(order) ? order.returns.length : 0
        return [
          "withdraw",
          { withdrawalId, returnId: returnId.slice(0, -3) + String(100 + taken), lines: some },
        ]
      }),
  ),
  say(
    fc
      .record({ refundId: id, cents })
      .map(
        ({ refundId, cents: amount }): Said => [
          "requestRefund",
          { refundId, amount: usd(amount), reason: "goodwill" },
        ],
      ),
  ),
  fc.record({ isSettled: fc.boolean(), choice: fc.nat(3) }).map(
    ({ isSettled, choice }) =>
      new Say(`end refund ${choice}`, (order) => {
        const known = order && isPaid(order) ? order.payment.refunds.map((one) => one.refundId) : []
        const refundId = knownOr(known, choice, id2)
        return isSettled
          ? ["settleRefund", { refundId, providerRefundId: "re_1" }]
          : ["failRefund", { refundId, code: "expired_card" }]
      }),
  ),
  say(
    fc
      .record({ refundId: id, providerRefundId: fc.constantFrom("re_2", "re_3"), cents })
      .map(
        ({ refundId, providerRefundId, cents: amount }): Said => [
          "noteProviderRefund",
          { refundId, providerRefundId, amount: usd(amount) },
        ],
      ),
  ),
  say(
    fc
      .record({ disputeId: fc.constantFrom("dp_1", "dp_2"), cents })
      .map((one) => dispute(one.disputeId, one.cents)),
  ),
  say(
    fc
      .record({ disputeId: fc.constantFrom("dp_1", "dp_2"), outcome: fc.constantFrom("won", "lost") })
      .map((one): Said => ["closeDispute", one]),
  ),
  say(
    fc
      .constantFrom("https://pay.example/1", "https://pay.example/2")
      .map((redirectUrl): Said => ["requirePaymentAction", { paymentId: "pi_1", redirectUrl }]),
  ),
]

test("whatever is said to an order, its invariants hold, its states only move on, and its stream tells of it", {
  timeout: 30_000,
}, () => {
  const said = new Set<CommandName>()
  const types = new Set<string>()
  const reached = new Set<string>()
  fc.assert(
    fc.property(
      fc.constantFrom(0, 2, 3, 4, 7),
      fc.commands(anything, { maxCommands: 40, size: "max" }),
      (begins, stories) => {
        const real: Real = { order: undefined, stream: [] }
        for (const one of beginning.slice(0, begins)) new Say(one[0], () => one).run({ said }, real)
        fc.modelRun(() => ({ model: { said }, real }), stories)
        const read = real.stream.map((event) => readOrderEvent(JSON.parse(JSON.stringify(event))))
        expect(replay(read)).toEqual(real.order)
        for (const event of real.stream) {
          types.add(event.type)
          expect(wordsOf(event)).toMatch(/^[A-Z].*\.$/)
        }
        if (real.order) reached.add(real.order.status)
        // Only a bank keeps money from going back.
        if (real.order && isPaid(real.order) && real.order.payment.disputes.length === 0)
          expect(attentionOf(real.order)).not.toContain("refund.owed")
      },
    ),
    { numRuns: 150, seed: 7 },
  )
  expect([...said].sort()).toEqual(Object.keys(commands).sort())
  // Every event and every state in which an order may stay was there.
  expect(types.size).toBe(19)
  expect([...reached].sort()).toEqual(way.filter((status) => status !== "Submitted").sort())
})
