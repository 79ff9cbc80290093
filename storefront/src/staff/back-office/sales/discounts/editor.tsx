import type { ReactNode } from "react"
import { ApiError } from "../../../../api/api.ts"
import { Loading } from "../../../../design/loading.tsx"
import { Page } from "../../../../design/page.tsx"
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

type Props = RuleFieldsProps & {
  /** Fields before those that every rule has. */
  first?: ReactNode
  limits?: ReactNode
  preview: ReactNode
  onSave: () => void
  children: ReactNode
}

/** The fields of a rule, and beside them what it would do. */
export function RuleEditor({ form, change, first, limits, preview, onSave, children }: Props) {
  return (
    <div className="form-columns">
      <form
        className="rule-form"
        onSubmit={(event) => {
          event.preventDefault()
          onSave()
        }}
      >
        {first}
        <EffectFields form={form} change={change} />
        <ConditionFields form={form} change={change} />
        {limits}
        <StackingFields form={form} change={change} />
        {children}
      </form>
      <div>{preview}</div>
    </div>
  )
}

/** The end of a form: whether it can be saved, and what became of it. */
export function SaveBar(props: {
  label: string
  isReady: boolean
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
        <button type="submit" className="button" disabled={!props.isReady || props.isSaving}>
          {props.label}
        </button>
        {props.children}
      </div>
      <p role="status" className="hint">
        {props.isSaved ? t("save.done") : props.isReady ? "" : t("save.incomplete")}
      </p>
    </div>
  )
}
