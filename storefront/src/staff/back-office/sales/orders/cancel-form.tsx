import { orderingCancelOrder } from "@eshop/shop-client/generated/sdk.gen"
import type { OrderingCancelOrderData } from "@eshop/shop-client/generated/types.gen"
import { useState } from "react"
import { answerOf } from "../../../../api/api.ts"
import { money } from "../../../../texts/format.ts"
import { ChoiceField } from "../../../parts/fields.tsx"
import { Choice, Options } from "./choices.tsx"
import { CommandForm } from "./command-form.tsx"
import { t } from "./command-texts.ts"
import { useOrderCommand } from "./order-command.ts"
import { isUnderWay, type Order } from "./orders.ts"
import { chosenOf, type Units, UnitsField } from "./units-field.tsx"

type Body = OrderingCancelOrderData["body"]
type Reason = Body["reason"]
const reasons: readonly Reason[] = [
  ...(["customer.asked", "stock.missing", "stock.damaged"] as const),
  ...(["fraud.suspected", "merchant.decided"] as const),
]

type Props = { order: Order; close: () => void; onDone: (says: string) => void }

/** The whole order as long as nothing has left, or units of it that have not. */
export function CancelForm({ order, close, onDone }: Props) {
  const open = order.work?.unshipped ?? []
  const mayWhole = isUnderWay(order) || order.status === "Paid"
  const [isWhole, setWhole] = useState(mayWhole)
  const [units, setUnits] = useState<Units>(new Map())
  const [reason, setReason] = useState<Reason>("customer.asked")
  const command = useOrderCommand(
    order,
    (body: Body, headers) => answerOf(orderingCancelOrder({ path: { id: order.id }, body, headers })),
    ({ cancellation }) => {
      close()
      onDone(t(cancellation === "asked" ? "cancel.asked" : "cancel.done"))
    },
  )
  const whole = isWhole && mayWhole
  const lines = chosenOf(units, open)
  return (
    <CommandForm
      order={order}
      command={command}
      says={saysOf(order, whole)}
      confirm={t("cancel.confirm")}
      isDanger
      isReady={whole || lines.length > 0}
      close={close}
      onConfirm={() => command.run(whole ? { reason } : { reason, lines })}
    >
      {order.status === "Paid" && (
        <Options legend={t("cancel.what")}>
          <Choice label={t("cancel.whole")} isChosen={whole} choose={() => setWhole(true)} />
          <Choice label={t("cancel.part")} isChosen={!whole} choose={() => setWhole(false)} />
        </Options>
      )}
      {!whole && <UnitsField order={order} limits={open} units={units} change={setUnits} />}
      <ChoiceField
        label={t("cancel.reason")}
        value={reason}
        onChange={setReason}
        choices={reasons.map((value) => [value, t(`cancel.reason.${value}`)] as const)}
      />
    </CommandForm>
  )
}

function saysOf(order: Order, whole: boolean): string {
  if (isUnderWay(order)) return t("cancel.says-under-way")
  if (!whole && order.work?.unshipped.length === 0) return t("cancel.says-nothing")
  const left = order.work?.money?.refundable ?? order.total
  return whole ? t("cancel.says-whole", { amount: money(left) }) : t("cancel.says-part")
}
