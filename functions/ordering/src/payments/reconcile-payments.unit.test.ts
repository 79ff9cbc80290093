import { usd } from "@eshop/domain/kernel/money"
import type { Order } from "@eshop/domain/ordering/order"
import { describe, expect, test } from "vitest"
import type { PaymentRecord } from "./ports.ts"
import { judge } from "./reconcile-payments.ts"

const statuses = ["open", "authorised", "captured", "refunded", "declined", "cancelled"] as const
const payment = (status: PaymentRecord["status"]): PaymentRecord => ({
  paymentId: "pi_1",
  orderId: "018f0000-0000-7000-8000-000000000001",
  status,
  captured: usd(0),
})
const by = (paymentId: string, status = "Paid") => ({ status, payment: { paymentId } }) as unknown as Order

describe("what a payment and its order come to", () => {
  test.each([
    [
      "an order that awaits its payment",
      { status: "AwaitingPayment" },
      "waits waits waits right right right",
    ],
    [
      "an order that was cancelled unpaid",
      { status: "Cancelled" },
      "release release release right right right",
    ],
    ["an order that it has paid", by("pi_1"), "alarm alarm right right alarm alarm"],
    [
      "an order that was cancelled after that",
      by("pi_1", "Cancelled"),
      "alarm alarm right right alarm alarm",
    ],
    ["an order that another one has paid", by("pi_2"), "right release alarm right right right"],
    ["no order", undefined, "right release alarm right right right"],
  ])("%s", (_, order, verdicts) => {
    expect(statuses.map((status) => judge(payment(status), order as Order | undefined)).join(" ")).toBe(
      verdicts,
    )
  })
})
