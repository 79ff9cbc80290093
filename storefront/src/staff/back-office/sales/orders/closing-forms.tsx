import { orderingCloseOrder, orderingDeliverShipment } from "@eshop/shop-client/generated/sdk.gen"
import { answerOf } from "../../../../api/api.ts"
import { CommandForm } from "./command-form.tsx"
import { t } from "./command-texts.ts"
import { useOrderCommand } from "./order-command.ts"
import { linesInWords, type Order } from "./orders.ts"

type Props = { order: Order; close: () => void; onDone: (says: string) => void }

/** A parcel has arrived. */
export function DeliverForm({
  order,
  parcel,
  close,
  onDone,
}: Props & { parcel: Order["shipments"][number] }) {
  const { shipmentId, lines } = parcel
  const command = useOrderCommand(
    order,
    (_: { shipmentId: string }, headers) =>
      answerOf(orderingDeliverShipment({ path: { id: order.id, shipmentId }, headers })),
    () => {
      close()
      onDone(t("deliver.done"))
    },
  )
  return (
    <CommandForm
      order={order}
      command={command}
      says={t("deliver.says", { lines: linesInWords(order, lines) })}
      confirm={t("deliver.confirm")}
      close={close}
      onConfirm={() => command.run({ shipmentId })}
    />
  )
}

/** Nothing more is expected of a delivered order. */
export function CloseForm({ order, close, onDone }: Props) {
  const command = useOrderCommand(
    order,
    (_: { id: string }, headers) => answerOf(orderingCloseOrder({ path: { id: order.id }, headers })),
    () => {
      close()
      onDone(t("close.done"))
    },
  )
  return (
    <CommandForm
      order={order}
      command={command}
      says={t("close.says")}
      confirm={t("close.confirm")}
      close={close}
      onConfirm={() => command.run({ id: order.id })}
    />
  )
}
