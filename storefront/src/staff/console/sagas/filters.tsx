import { Link, useNavigate } from "@tanstack/react-router"
import { useId, useState } from "react"
import { CheckField, ChoiceField, TextField } from "../../parts/fields.tsx"
import { t } from "../texts.ts"
import { ages, type SagasSearch, sagasSearch, views } from "./sagas-search.ts"

const kinds = ["checkout", "abandoned-checkout", "fulfilment", "refund"]

type Props = { readonly search: SagasSearch; readonly steps: readonly string[] }

/** Narrows the list; what is chosen is in the address. @param steps that are known by now, to choose from */
export const Filters = (props: Props) => (
  // Another address begins with other texts in the fields.
  <Fields key={`${props.search.step} ${props.search.id}`} {...props} />
)

function Fields({ search, steps }: Props) {
  const navigate = useNavigate()
  const list = useId()
  const [step, setStep] = useState(search.step ?? "")
  const [id, setId] = useState(search.id ?? "")
  const narrow = (change: Record<string, unknown>) =>
    void navigate({ to: "/console/sagas", search: sagasSearch({ ...search, ...change }), replace: true })
  return (
    <form
      className="filters"
      aria-label={t("filter.label")}
      onSubmit={(event) => {
        event.preventDefault()
        narrow({ step, id })
      }}
    >
      <ChoiceField
        label={t("column.state")}
        value={search.view ?? "open"}
        choices={views.map((view) => [view, t(`view.${view}`)] as const)}
        onChange={(view) => narrow({ view })}
      />
      <ChoiceField
        label={t("filter.saga")}
        value={search.saga ?? ""}
        choices={[["", t("filter.any")], ...kinds.map((kind) => [kind, kind] as const)]}
        onChange={(saga) => narrow({ saga })}
      />
      <ChoiceField
        label={t("filter.age")}
        value={search.age ?? ""}
        choices={[["", t("filter.any")], ...ages.map((age) => [age, t(`age.${age}`)] as const)]}
        onChange={(age) => narrow({ age })}
      />
      <TextField
        label={t("filter.step")}
        value={step}
        onChange={setStep}
        onBlur={() => narrow({ step })}
        placeholder={t("filter.step-hint")}
        list={list}
        isCode
      />
      <datalist id={list}>
        {steps.map((known) => (
          <option key={known} value={known} />
        ))}
      </datalist>
      <TextField
        label={t("filter.id")}
        value={id}
        onChange={setId}
        onBlur={() => narrow({ id })}
        className="filters-id"
        isCode
      />
      <CheckField
        label={t("filter.retrying")}
        value={search.retrying === true}
        onChange={(retrying) => narrow({ retrying })}
      />
      {Object.keys(search).length > 0 && (
        <Link to="/console/sagas" search={{}} className="filters-check">
          {t("filter.clear")}
        </Link>
      )}
      <button type="submit" className="visually-hidden">
        {t("filter.label")}
      </button>
    </form>
  )
}
