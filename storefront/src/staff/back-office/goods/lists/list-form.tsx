import type { ReactNode } from "react"
import { FormDialog } from "../../../parts/dialog.tsx"
import { MistakesOf, type Places } from "../../../parts/mistakes.tsx"
import { t as common } from "../../../parts/texts.ts"
import { UnsavedGuard } from "../../../parts/unsaved.tsx"
import { ProblemNotice } from "../../../problem-notice.tsx"
import { t } from "../texts.ts"
import type { ListEdit } from "./list-edit.ts"

type Props<Seen, Item, Row> = {
  readonly edit: ListEdit<Seen, Item, Row>
  readonly title: string
  readonly says: string
  readonly newRow: () => Row
  readonly addLabel: string
  readonly saveLabel: string
  readonly told: Readonly<Record<"saved" | "unchanged", string>>
  /** Where the shop's refusals belong in the rows. */
  readonly places: Places
  readonly staleTitle: string
  /** Shows what somebody else has saved meanwhile. */
  readonly showTheirs: (theirs: Seen) => ReactNode
  readonly above?: ReactNode
  /** The rows to be changed. */
  readonly children: ReactNode
}

/** The form of a list that is saved as a whole. */
export function ListForm<Seen, Item, Row>(props: Props<Seen, Item, Row>) {
  const { edit } = props
  return (
    <form
      className="product-form"
      onSubmit={(event) => {
        event.preventDefault()
        edit.send()
      }}
    >
      <UnsavedGuard isDirty={edit.isDirty} />
      {props.above}
      <section className="card">
        <h2>{props.title}</h2>
        <p className="hint">{props.says}</p>
        <MistakesOf error={edit.error} places={props.places}>
          {props.children}
        </MistakesOf>
        <div className="actions">
          <button
            type="button"
            className="button button-small button-quiet"
            onClick={() => edit.setRows([...edit.rows, props.newRow()])}
          >
            {props.addLabel}
          </button>
        </div>
      </section>
      {edit.error && <ProblemNotice error={edit.error} />}
      <div className="save-bar">
        <button type="submit" className="button" disabled={edit.isPending}>
          {edit.isPending ? common("form.saving") : props.saveLabel}
        </button>
        <p role="status">{edit.told && !edit.isDirty && props.told[edit.told]}</p>
      </div>
      {edit.stale && (
        <StaleEditDialog title={props.staleTitle} {...edit.stale} back={edit.back}>
          {props.showTheirs(edit.stale.theirs)}
        </StaleEditDialog>
      )}
    </form>
  )
}

/** Says that somebody else was faster, shows what they saved, and lets the person choose whose it is to be. */
function StaleEditDialog(props: {
  readonly title: string
  readonly take: () => void
  readonly keep: () => void
  readonly back: () => void
  readonly children: ReactNode
}) {
  return (
    <FormDialog title={props.title} isWide onClose={props.back}>
      <p>{t("stale.says")}</p>
      {props.children}
      <div className="actions">
        <button type="button" className="button" onClick={props.take}>
          {t("stale.take")}
        </button>
        <button type="button" className="button button-quiet" onClick={props.keep}>
          {t("stale.keep")}
        </button>
        <button type="button" className="button button-quiet" onClick={props.back}>
          {t("stale.back")}
        </button>
      </div>
    </FormDialog>
  )
}
