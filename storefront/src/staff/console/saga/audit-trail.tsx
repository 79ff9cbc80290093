import { useQuery } from "@tanstack/react-query"
import { inUtc } from "../../parts/local-time.ts"
import { ProblemNotice } from "../../problem-notice.tsx"
import { auditQuery } from "../sagas/sagas.ts"
import { t } from "../texts.ts"

/** Who did what to the saga, newest first. */
export function AuditTrail(props: { instanceId: string; refetchInterval: number | false }) {
  const { instanceId, refetchInterval } = props
  const { data: entries, error } = useQuery({ ...auditQuery(instanceId), refetchInterval })
  if (error) return <ProblemNotice error={error} />
  if (!entries) return null
  if (entries.length === 0) return <p className="hint">{t("saga.no-audit")}</p>
  return (
    <ul className="timeline">
      {entries.map(({ position, at, by, action, change }) => (
        <li key={position}>
          <time dateTime={at}>{inUtc(at)}</time>
          <span>
            <strong>{action}</strong> {by.id ?? by.kind}{" "}
            <span className="hint">{JSON.stringify(change)}</span>
          </span>
        </li>
      ))}
    </ul>
  )
}
