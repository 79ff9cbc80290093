import { Link, useNavigate } from "@tanstack/react-router"
import { useId } from "react"
import { t } from "../texts.ts"
import { ages, type SagasSearch, sagasSearch, views } from "./sagas-search.ts"

const kinds = ["checkout", "abandoned-checkout", "fulfilment", "refund"]

/** Narrows the list; what is chosen is in the address. @param steps that are known by now, to choose from */
export function Filters({ search, steps }: { search: SagasSearch; steps: readonly string[] }) {
  const navigate = useNavigate()
  const list = useId()
  const narrow = (change: Record<string, unknown>) =>
    void navigate({ to: "/console/sagas", search: sagasSearch({ ...search, ...change }), replace: true })
  return (
    <form
      className="filters"
      aria-label={t("filter.label")}
      // Another address begins with other texts in the fields.
      key={`${search.step} ${search.id}`}
      onSubmit={(event) => {
        event.preventDefault()
        const fields = new FormData(event.currentTarget)
        narrow({ step: fields.get("step"), id: fields.get("id") })
      }}
    >
      <label className="field">
        {t("column.state")}
        <select value={search.view ?? "open"} onChange={(event) => narrow({ view: event.target.value })}>
          {views.map((view) => (
            <option key={view} value={view}>
              {t(`view.${view}`)}
            </option>
          ))}
        </select>
      </label>
      <label className="field">
        {t("filter.saga")}
        <select value={search.saga ?? ""} onChange={(event) => narrow({ saga: event.target.value })}>
          <option value="">{t("filter.any")}</option>
          {kinds.map((kind) => (
            <option key={kind}>{kind}</option>
          ))}
        </select>
      </label>
      <label className="field">
        {t("filter.age")}
        <select value={search.age ?? ""} onChange={(event) => narrow({ age: event.target.value })}>
          <option value="">{t("filter.any")}</option>
          {ages.map((age) => (
            <option key={age} value={age}>
              {t(`age.${age}`)}
            </option>
          ))}
        </select>
      </label>
      <label className="field">
        {t("filter.step")}
        <input
          name="step"
          list={list}
          defaultValue={search.step}
          placeholder={t("filter.step-hint")}
          onBlur={(event) => narrow({ step: event.target.value })}
        />
      </label>
      <datalist id={list}>
        {steps.map((step) => (
          <option key={step} value={step} />
        ))}
      </datalist>
      <label className="field filters-id">
        {t("filter.id")}
        <input name="id" defaultValue={search.id} onBlur={(event) => narrow({ id: event.target.value })} />
      </label>
      <label className="filters-check">
        <input
          type="checkbox"
          checked={search.retrying === true}
          onChange={(event) => narrow({ retrying: event.target.checked })}
        />
        {t("filter.retrying")}
      </label>
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
