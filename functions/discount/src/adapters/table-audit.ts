import { odata, type TransactionAction } from "@azure/data-tables"
import { type Call, idOfCaller } from "@eshop/building-blocks/app/call"
import type { Audit, AuditEntry, AuditRecord } from "@eshop/building-blocks/audit/audit"
import { keyOf } from "@eshop/building-blocks/store/key-of"
import type { TableStorage } from "@eshop/building-blocks/store/tables/table-storage"

/** The partition of all rules, their sort orders and their audit trail: what changes together lies together. */
export const RULES = "rules"

/** Rows come in the order of their keys: the newest is first when they count down. */
const countedDown = (position: number) => String(Number.MAX_SAFE_INTEGER - position).padStart(16, "0")
const rowsOfAll = "audit-"
const rowsOf = (subject: string) => `audited-${keyOf(subject).slice(0, 32)}-`

/** Writes an entity that must be as it was read: new without an ETag, unchanged with one. */
export const writtenBy = (
  partitionKey: string,
  entity: { rowKey: string; [property: string]: unknown },
  etag: string | undefined,
): TransactionAction =>
  etag === undefined
    ? ["create", { ...entity, partitionKey }]
    : ["update", { ...entity, partitionKey }, "Replace", { etag }]

/** The trail of a change, for the transaction of the change: once among all, once among its subject's. */
export function auditRows(
  position: number,
  { subject, action, change }: AuditEntry,
  { caller, now }: Pick<Call, "caller" | "now">,
): TransactionAction[] {
  const id = idOfCaller(caller)
  const record: AuditRecord = {
    position,
    at: now.toISOString(),
    by: { kind: caller.kind, ...(id !== undefined && { id }) },
    subject,
    action,
    change,
  }
  return [rowsOfAll, rowsOf(subject)].map((rows) => [
    "create",
    { partitionKey: RULES, rowKey: rows + countedDown(position), record: JSON.stringify(record) },
  ])
}

/** The audit trail of the rules. */
export const tableAudit = (tables: TableStorage): Pick<Audit, "list"> => ({
  async list({ subject, before, limit }) {
    const rows = subject === undefined ? rowsOfAll : rowsOf(subject)
    const after = before === undefined ? rows : rows + countedDown(before)
    const filter = odata`PartitionKey eq ${RULES} and RowKey gt ${after} and RowKey lt ${`${rows}a`}`
    const entities = await tables.page<{ record: string }>(filter, limit)
    return entities.map(({ record }) => JSON.parse(record))
  },
})
