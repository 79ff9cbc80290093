import { Link } from "@tanstack/react-router"
import { inUtc } from "../../parts/local-time.ts"
import { t } from "../texts.ts"
import { ago } from "../time.ts"
import { type Instance, verdictOf } from "./instance.ts"

/** The end of an id tells sagas of one moment apart: their beginnings are the time. */
const shortId = (id: string): string => `…${id.slice(24)}`

/** Sagas as rows, each to be selected. */
export function SagaTable(props: {
  instances: readonly Instance[]
  selected: ReadonlySet<string>
  onSelect: (selected: ReadonlySet<string>) => void
  now: number
}) {
  const { instances, selected, onSelect, now } = props
  const areAll = instances.length > 0 && instances.every(({ instanceId }) => selected.has(instanceId))
  const toggle = (instanceId: string) => {
    const next = new Set(selected)
    if (!next.delete(instanceId)) next.add(instanceId)
    onSelect(next)
  }
  return (
    <div className="table-frame">
      <table className="table saga-table">
        <caption className="visually-hidden">{t("sagas.table")}</caption>
        <thead>
          <tr>
            <th scope="col">
              <input
                type="checkbox"
                aria-label={t("sagas.select-all")}
                checked={areAll}
                onChange={() =>
                  onSelect(areAll ? new Set() : new Set(instances.map(({ instanceId }) => instanceId)))
                }
              />
            </th>
            <th scope="col">{t("column.stands")}</th>
            <th scope="col">{t("column.saga")}</th>
            <th scope="col">{t("column.state")}</th>
            <th scope="col">{t("column.began")}</th>
            <th scope="col">{t("column.moved")}</th>
          </tr>
        </thead>
        <tbody>
          {instances.map((instance) => {
            const { instanceId, saga, runtimeStatus, createdAt, updatedAt } = instance
            const { tone, says } = verdictOf(instance, now)
            return (
              <tr key={instanceId} className={`row-${tone}`}>
                <td>
                  <input
                    type="checkbox"
                    aria-label={t("sagas.select", { id: instanceId })}
                    checked={selected.has(instanceId)}
                    onChange={() => toggle(instanceId)}
                  />
                </td>
                <td>
                  <Link to="/console/sagas/$instanceId" params={{ instanceId }} className="row-says">
                    {says}
                  </Link>
                </td>
                <td>
                  {saga} <code title={instanceId}>{shortId(instanceId)}</code>
                </td>
                <td>
                  <span className={`state state-${tone}`}>{runtimeStatus}</span>
                </td>
                <td title={inUtc(createdAt)}>{t("ago", { ago: ago(createdAt, now) })}</td>
                <td title={inUtc(updatedAt)}>{t("ago", { ago: ago(updatedAt, now) })}</td>
              </tr>
            )
          })}
        </tbody>
      </table>
    </div>
  )
}
