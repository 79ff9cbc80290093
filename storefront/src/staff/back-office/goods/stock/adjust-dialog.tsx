import { catalogAdjustStock, catalogSetSafetyStock } from "@eshop/shop-client/generated/sdk.gen"
import { useMutation, useQueryClient } from "@tanstack/react-query"
import { useState } from "react"
import { answerOf, newKey } from "../../../../api/api.ts"
import { FormDialog } from "../../../parts/dialog.tsx"
import { ChoiceField, TextField } from "../../../parts/fields.tsx"
import { MistakesOf, type Places } from "../../../parts/mistakes.tsx"
import { t as common } from "../../../parts/texts.ts"
import { ProblemNotice } from "../../../problem-notice.tsx"
import { stockKey } from "./stock.ts"
import { t } from "./texts.ts"

/** Why what is on hand changes by hand. */
const reasons = [
  ...(["goods.received", "stock.counted", "goods.damaged", "goods.lost", "goods.found"] as const),
  ...(["goods.returned-to-supplier", "stock.corrected"] as const),
]
type Reason = (typeof reasons)[number]

export type Level = {
  readonly location: string
  readonly onHand: number
  readonly reserved: number
  readonly safetyStock: number
}

const places: Places = {
  "stock.below-reserved": () => ["/quantity"],
  "stock.beyond-count": () => ["/quantity"],
}

type Props = { readonly sku: string; readonly level: Level; readonly onClose: () => void }

/** Changes what is on hand of a variant at a location, or its safety stock. */
export function AdjustDialog({ sku, level, onClose }: Props) {
  const [now, setNow] = useState(level)
  return (
    <FormDialog title={t("dialog.title", { sku, location: level.location })} onClose={onClose}>
      <p>{t("dialog.now", { onHand: now.onHand, reserved: now.reserved })}</p>
      <AdjustForm sku={sku} level={now} became={setNow} />
      <SafetyForm sku={sku} level={now} became={setNow} />
      <div className="actions">
        <button type="button" className="button button-quiet" onClick={onClose}>
          {t("dialog.close")}
        </button>
      </div>
    </FormDialog>
  )
}

type FormProps = { readonly sku: string; readonly level: Level; readonly became: (level: Level) => void }

function AdjustForm({ sku, level: { location }, became }: FormProps) {
  const [type, setType] = useState<"change" | "set">("change")
  const [quantity, setQuantity] = useState("")
  const [reason, setReason] = useState<Reason>("goods.received")
  const client = useQueryClient()
  const adjust = useMutation({
    mutationFn: ({ key }: { key: string }) =>
      answerOf(
        catalogAdjustStock({
          path: { sku },
          body: { location, type, quantity: Number(quantity), reason },
          headers: { "Idempotency-Key": key },
        }),
      ),
    onSuccess: (after) => {
      setQuantity("")
      became(after)
      void client.invalidateQueries({ queryKey: stockKey })
    },
  })
  const choose = (next: "change" | "set") => {
    setType(next)
    setReason(next === "set" ? "stock.counted" : "goods.received")
  }
  return (
    <form
      className="dialog-form"
      onSubmit={(event) => {
        event.preventDefault()
        // A click is an adjustment of its own; what is sent again, since its answer got lost, is not.
        adjust.mutate({ key: newKey() })
      }}
    >
      <MistakesOf error={adjust.error} places={places}>
        <ChoiceField
          label={t("dialog.type")}
          value={type}
          choices={[
            ["change", t("dialog.type.change")],
            ["set", t("dialog.type.set")],
          ]}
          onChange={choose}
        />
        <TextField
          label={t(`dialog.${type}`)}
          value={quantity}
          onChange={setQuantity}
          pattern={type === "set" ? "[0-9]{1,9}" : "[+\\-]?[0-9]{1,7}"}
          says={t("dialog.whole")}
          inputMode="numeric"
          pointer="/quantity"
          required
        />
        <ChoiceField
          label={t("dialog.reason")}
          value={reason}
          choices={reasons.map((one) => [one, t(`reason.${one}`)])}
          onChange={setReason}
        />
      </MistakesOf>
      {adjust.error && <ProblemNotice error={adjust.error} />}
      <div className="actions">
        <button type="submit" className="button" disabled={adjust.isPending}>
          {t("dialog.adjust")}
        </button>
        <p role="status">
          {adjust.data &&
            t("dialog.adjusted", { onHand: adjust.data.onHand, available: adjust.data.available })}
        </p>
      </div>
    </form>
  )
}

function SafetyForm({ sku, level: { location, safetyStock }, became }: FormProps) {
  const [units, setUnits] = useState(String(safetyStock))
  const client = useQueryClient()
  const set = useMutation({
    mutationFn: () =>
      answerOf(catalogSetSafetyStock({ path: { sku }, body: { location, safetyStock: Number(units) } })),
    onSuccess: (after) => {
      became(after)
      void client.invalidateQueries({ queryKey: stockKey })
    },
  })
  return (
    <form
      className="add-row"
      onSubmit={(event) => {
        event.preventDefault()
        set.mutate()
      }}
    >
      <MistakesOf error={set.error}>
        <TextField
          label={t("dialog.safety")}
          value={units}
          onChange={setUnits}
          hint={t("dialog.safety-hint")}
          pattern="[0-9]{1,7}"
          says={common("form.whole")}
          inputMode="numeric"
          pointer="/safetyStock"
          required
        />
      </MistakesOf>
      <button type="submit" className="button button-small button-quiet" disabled={set.isPending}>
        {t("dialog.safety-save")}
      </button>
      {set.error && <ProblemNotice error={set.error} />}
    </form>
  )
}
