import { orderingAcceptReturn, orderingRejectReturn } from "@eshop/shop-client/generated/sdk.gen"
import { useState } from "react"
import { answerOf } from "../../../../api/api.ts"
import { ChoiceField } from "../../../parts/fields.tsx"
import { CommandForm } from "./command-form.tsx"
import { t } from "./command-texts.ts"
import { useOrderCommand } from "./order-command.ts"
import { linesInWords, type Order } from "./orders.ts"

type Props = {
  order: Order
  returned: Order["returns"][number]
  close: () => void
  onDone: (says: string) => void
}

/** The goods came back as they should. */
export function AcceptForm({ order, returned, close, onDone }: Props) {
  const { returnId, lines } = returned
  const command = useOrderCommand(
    order,
    (_: { returnId: string }, headers) =>
      answerOf(orderingAcceptReturn({ path: { id: order.id, returnId }, headers })),
    () => {
      close()
      onDone(t("accept.done"))
    },
  )
  return (
    <CommandForm
      order={order}
      command={command}
      says={t("accept.says", { lines: linesInWords(order, lines) })}
      confirm={t("accept.confirm")}
      close={close}
      onConfirm={() => command.run({ returnId })}
    />
  )
}

const reasons = ["goods.used", "goods.damaged", "goods.missing", "goods.wrong"] as const
type Reason = (typeof reasons)[number]

/** They did not, or not as they should. */
export function RejectForm({ order, returned, close, onDone }: Props) {
  const { returnId, lines } = returned
  const [reason, setReason] = useState<Reason>("goods.used")
  const command = useOrderCommand(
    order,
    (body: { reason: string }, headers) =>
      answerOf(orderingRejectReturn({ path: { id: order.id, returnId }, body, headers })),
    () => {
      close()
      onDone(t("reject.done"))
    },
  )
  return (
    <CommandForm
      order={order}
      command={command}
      says={t("reject.says", { lines: linesInWords(order, lines) })}
      confirm={t("reject.confirm")}
      isDanger
      close={close}
      onConfirm={() => command.run({ reason })}
    >
      <ChoiceField
        label={t("reject.reason")}
        value={reason}
        onChange={setReason}
        choices={reasons.map((value) => [value, t(`reject.reason.${value}`)] as const)}
      />
    </CommandForm>
  )
}
