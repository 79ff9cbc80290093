import { useState } from "react"
import { t } from "../texts.ts"
import { ActionDialog } from "./action-dialog.tsx"
import { type Action, actions, whyNot } from "./actions.ts"
import type { Instance } from "./instance.ts"

/** What can be done to all that are selected, at once. */
export function BulkBar(props: {
  selected: readonly Instance[]
  roles: readonly string[]
  onRun: (action: Action, instances: readonly Instance[], reason: string) => void
  onClear: () => void
}) {
  const { selected, roles, onRun, onClear } = props
  const [asking, setAsking] = useState<Action>()
  const why = (action: Action) => selected.map((instance) => whyNot(action, instance, roles))
  const fitting = (action: Action) =>
    selected.filter((instance) => whyNot(action, instance, roles) === undefined)
  const count = selected.length

  function noteOf(action: Action): string | undefined {
    const reasons = new Set(why(action).filter((reason) => reason !== undefined))
    const left = count - fitting(action).length
    return left === 0 ? undefined : t("do.not-all", { left, count, why: [...reasons].join(" ") })
  }

  return (
    <section className="bulk" aria-label={t("do.selected", { count })}>
      <strong>{t("do.selected", { count })}</strong>
      {actions.map((action) => {
        const fits = fitting(action).length
        const reasons = [...new Set(why(action))].join(" ")
        return (
          <button
            key={action}
            type="button"
            className="button button-quiet button-small"
            disabled={fits === 0}
            {...(fits === 0 && { title: t("do.none-fits", { why: reasons }) })}
            onClick={() => setAsking(action)}
          >
            {t(`action.${action}`)} ({fits})
          </button>
        )
      })}
      <button type="button" className="link-button" onClick={onClear}>
        {t("do.clear")}
      </button>
      {asking && (
        <ActionDialog
          action={asking}
          count={fitting(asking).length}
          note={noteOf(asking)}
          onConfirm={(reason) => onRun(asking, fitting(asking), reason)}
          onClose={() => setAsking(undefined)}
        />
      )}
    </section>
  )
}
