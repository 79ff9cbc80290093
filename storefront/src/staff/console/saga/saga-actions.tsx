import { useState } from "react"
import { useLastCustomer } from "../../../session/session.ts"
import { ActionDialog } from "../sagas/action-dialog.tsx"
import { type Action, actions, whyNot } from "../sagas/actions.ts"
import type { Instance } from "../sagas/instance.ts"
import { t } from "../texts.ts"

/** What can be done to the saga now; what cannot says why. */
export function SagaActions(props: { instance: Instance; onRun: (action: Action, reason: string) => void }) {
  const { instance, onRun } = props
  const roles = useLastCustomer()?.roles ?? []
  const [asking, setAsking] = useState<Action>()
  return (
    <section aria-label={t("saga.actions")}>
      <ul className="saga-actions">
        {actions.map((action) => {
          const why = whyNot(action, instance, roles)
          return (
            <li key={action}>
              <button
                type="button"
                className={`button button-small ${action === "retry" ? "" : "button-quiet"}`}
                disabled={why !== undefined}
                aria-describedby={why && `why-${action}`}
                onClick={() => setAsking(action)}
              >
                {t(`action.${action}`)}
              </button>
              {why && (
                <span id={`why-${action}`} className="hint">
                  {why}
                </span>
              )}
            </li>
          )
        })}
      </ul>
      {asking && (
        <ActionDialog
          action={asking}
          count={1}
          onConfirm={(reason) => onRun(asking, reason)}
          onClose={() => setAsking(undefined)}
        />
      )}
    </section>
  )
}
