import type { ReactNode } from "react"
import { ApiError } from "../../../../api/api.ts"
import { Loading } from "../../../../design/loading.tsx"
import { Page } from "../../../../design/page.tsx"
import { MistakesOf, type Places } from "../../../parts/mistakes.tsx"
import { UnsavedGuard } from "../../../parts/unsaved.tsx"
import { ProblemNotice } from "../../../problem-notice.tsx"
import { ConditionFields, EffectFields, type RuleFieldsProps, StackingFields } from "./rule-fields.tsx"
import { t } from "./texts.ts"

/** A rule once it is read; before that, or without it, what there is to say. */
export function LoadedRule(props: {
  title: string
  unknown: string
  isThere: boolean
  error: Error | null
  again: () => void
  children: ReactNode
}) {
  const { error } = props
  if (props.isThere) return props.children
  if (!error) return <Loading />
  const isUnknown = error instanceof ApiError && error.problem.status === 404
  return (
    <Page title={props.title} className="sales">
      {isUnknown ? <p>{props.unknown}</p> : <ProblemNotice error={error} again={props.again} />}
    </Page>
  )
}

const places: Places = {
  "rule.sort-order-taken": () => ["/stacking/sortOrder"],
  "coupon.exists": () => ["/code"],
  "coupon.limit-fixed": () => ["/maxRedemptions"],
}

type Props = RuleFieldsProps & {
  /** Whether something would be lost by leaving. */
  isDirty: boolean
  /** Why it was not saved. */
  error: Error | undefined
  /** Fields before those that every rule has. */
  first?: ReactNode
  limits?: ReactNode
  preview: ReactNode
  onSave: () => void
  children: ReactNode
}

/** The fields of a rule, and beside them what it would do. */
export function RuleEditor({
  form,
  change,
  isDirty,
  error,
  first,
  limits,
  preview,
  onSave,
  children,
}: Props) {
  return (
    <div className="form-columns">
      <form
        className="rule-form"
        onSubmit={(event) => {
          event.preventDefault()
          onSave()
        }}
      >
        <UnsavedGuard isDirty={isDirty} />
        <MistakesOf error={error} places={places}>
          {first}
          <EffectFields form={form} change={change} />
          <ConditionFields form={form} change={change} />
          {limits}
          <StackingFields form={form} change={change} />
        </MistakesOf>
        {children}
      </form>
      <div>{preview}</div>
    </div>
  )
}

/** The end of a form, and what became of it. What is missing is said by the fields when it is to be saved. */
export function SaveBar(props: {
  label: string
  isStale: boolean
  isSaving: boolean
  isSaved: boolean
  error: Error | undefined
  children?: ReactNode
}) {
  const isGone = props.error instanceof ApiError && props.error.problem.status === 404
  return (
    <div className="save-bar">
      {isGone && <p className="notice">{t("stale.gone")}</p>}
      {props.error && !isGone && <ProblemNotice error={props.error} />}
      <div className="actions">
        <button type="submit" className="button" disabled={props.isStale || props.isSaving}>
          {props.label}
        </button>
        {props.children}
      </div>
      <p role="status" className="hint">
        {props.isSaved && t("save.done")}
      </p>
    </div>
  )
}
