import { orderingRefundOrder } from "@eshop/shop-client/generated/sdk.gen"
import type { OrderingRefundOrderData } from "@eshop/shop-client/generated/types.gen"
import { useState } from "react"
import { answerOf } from "../../../../api/api.ts"
import { money } from "../../../../texts/format.ts"
import { ChoiceField, NumberField } from "../../../parts/fields.tsx"
import { CommandForm } from "./command-form.tsx"
import { t } from "./command-texts.ts"
import { useOrderCommand } from "./order-command.ts"
import type { Order } from "./orders.ts"

type Body = OrderingRefundOrderData["body"]
const reasons = ["goodwill", "price.mistake", "goods.damaged", "goods.late", "other"] as const

type Reason = (typeof reasons)[number]

type Props = { order: Order; close: () => void; onDone: (says: string) => void }

/** Money that goes back, all that may or a part of it. */
export function RefundForm({ order, close, onDone }: Props) {
  const left = order.work?.money?.refundable ?? { amount: 0, currency: "USD" as const }
  const [units, setUnits] = useState(Number.NaN)
  const [reason, setReason] = useState<Reason>("goodwill")
  const command = useOrderCommand(
    order,
    (body: Body, headers) => answerOf(orderingRefundOrder({ path: { id: order.id }, body, headers })),
    (_, { amount }) => {
      close()
      onDone(t("refund.done", { amount: money(amount) }))
    },
  )
  const amount = { ...left, amount: Math.round(units * 100) }
  const isReady = amount.amount >= 1 && amount.amount <= left.amount
  return (
    <CommandForm
      order={order}
      command={command}
      says={
        isReady
          ? t("refund.says", {
              amount: money(amount),
              left: money({ ...left, amount: left.amount - amount.amount }),
            })
          : t("refund.out-of-range", { left: money(left) })
      }
      confirm={t("refund.confirm")}
      isDanger
      isReady={isReady}
      close={close}
      onConfirm={() => command.run({ amount, reason })}
    >
      <NumberField
        label={t("refund.amount", { currency: left.currency })}
        value={units}
        onChange={setUnits}
        min={0.01}
        max={left.amount / 100}
        digits={2}
        pointer="/amount"
        required
      />
      <ChoiceField
        label={t("refund.reason")}
        value={reason}
        onChange={setReason}
        choices={reasons.map((value) => [value, t(`refund.reason.${value}`)] as const)}
      />
    </CommandForm>
  )
}
