import type { Rule } from "./rule-form.ts"
import { stateOf, validityInUtc, validityInWords } from "./rule-words.ts"
import { t } from "./texts.ts"

/** Whether a rule is in force now. */
export function StateBadge({ rule }: { rule: Rule }) {
  const state = stateOf(rule, new Date())
  return (
    <span className={`status ${state === "in-force" ? "status-on" : "status-off"}`}>
      {t(`state.${state}`)}
    </span>
  )
}

/** When a rule is valid: in the time zone of here, and in UTC below where it begins or ends at all. */
export const Validity = ({ rule }: { rule: Rule }) => (
  <>
    {validityInWords(rule)}
    {(rule.validFrom ?? rule.validUntil) !== undefined && (
      <small className="validity-utc">{validityInUtc(rule)}</small>
    )}
  </>
)
