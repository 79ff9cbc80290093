import { Table } from "../../../parts/table.tsx"
import { t as common } from "../../../parts/texts.ts"
import type { CouponTerms, Rule } from "./rule-form.ts"
import { linesOf } from "./rule-words.ts"
import { t } from "./texts.ts"

type Props = {
  mine: Rule | CouponTerms
  theirs: Rule | CouponTerms
  keep: () => void
  take: () => void
}

/** Two have changed a rule at once: what differs, and which of both is to be. */
export function StaleNotice({ mine, theirs, keep, take }: Props) {
  const others = new Map(linesOf(theirs))
  const different = linesOf(mine).filter(([name, value]) => others.get(name) !== value)
  return (
    <section className="notice" role="alert" aria-label={common("stale.title")}>
      <p>
        <strong>{common("stale.title")}.</strong> {t(different.length === 0 ? "stale.same" : "stale.says")}
      </p>
      {different.length > 0 && (
        <Table label={common("stale.title")} columns={[t("stale.field"), t("stale.mine"), t("stale.theirs")]}>
          {different.map(([name, value]) => (
            <tr key={name}>
              <td>{name}</td>
              <td>{value}</td>
              <td>{others.get(name)}</td>
            </tr>
          ))}
        </Table>
      )}
      <div className="actions">
        <button type="button" className="button" onClick={keep}>
          {t("stale.keep")}
        </button>
        <button type="button" className="button button-quiet" onClick={take}>
          {t("stale.take")}
        </button>
      </div>
    </section>
  )
}
