import { orderingShipOrder } from "@eshop/shop-client/generated/sdk.gen"
import { useState } from "react"
import { answerOf } from "../../../../api/api.ts"
import { TextField } from "../../../parts/fields.tsx"
import { CommandForm } from "./command-form.tsx"
import { t } from "./command-texts.ts"
import { useOrderCommand } from "./order-command.ts"
import { linesInWords, type Order } from "./orders.ts"
import { allOf, chosenOf, UnitsField } from "./units-field.tsx"

type Parcel = {
  readonly lines: { sku: string; quantity: number }[]
  readonly carrier?: string
  readonly trackingNumber?: string
}
type Props = { order: Order; close: () => void; onDone: (says: string) => void }

/** A parcel with all that is left to ship, or a part of it. */
export function ShipForm({ order, close, onDone }: Props) {
  const open = order.work?.unshipped ?? []
  const [units, setUnits] = useState(() => allOf(open))
  const [carrier, setCarrier] = useState("")
  const [tracking, setTracking] = useState("")
  const command = useOrderCommand(
    order,
    (body: Parcel, headers) => answerOf(orderingShipOrder({ path: { id: order.id }, body, headers })),
    (_, { lines }) => {
      close()
      onDone(t("ship.done", { lines: linesInWords(order, lines) }))
    },
  )
  const lines = chosenOf(units, open)
  const rest = open.flatMap(({ sku, quantity }) => {
    const left = quantity - (lines.find((line) => line.sku === sku)?.quantity ?? 0)
    return left > 0 ? [{ sku, quantity: left }] : []
  })
  return (
    <CommandForm
      order={order}
      command={command}
      says={open.length === 0 ? t("ship.says-nothing") : saysOf(lines.length, linesInWords(order, rest))}
      confirm={t("ship.confirm")}
      isReady={lines.length > 0}
      close={close}
      onConfirm={() =>
        command.run({
          lines,
          ...(carrier.trim() !== "" && { carrier: carrier.trim() }),
          ...(tracking.trim() !== "" && { trackingNumber: tracking.trim() }),
        })
      }
    >
      <UnitsField order={order} limits={open} units={units} change={setUnits} />
      <div className="field-pair">
        <TextField
          label={t("ship.carrier")}
          value={carrier}
          onChange={setCarrier}
          pointer="/carrier"
          maxLength={100}
        />
        <TextField
          label={t("ship.tracking")}
          value={tracking}
          onChange={setTracking}
          pointer="/trackingNumber"
          maxLength={100}
          isCode
        />
      </div>
    </CommandForm>
  )
}

function saysOf(chosen: number, rest: string): string {
  if (chosen === 0) return t("ship.says-none")
  return rest === "" ? t("ship.says-all") : t("ship.says-part", { rest })
}
