import { odata, type TransactionAction } from "@azure/data-tables"
import type { TableStorage } from "@eshop/building-blocks/store/tables/table-storage"
import type { z } from "zod"
import type { DefinitionState, Definitions } from "../rules/ports.ts"
import { auditRows, RULES, writtenBy } from "./table-audit.ts"

/** Counts the changes of all rules: whoever changes one does so under its ETag. */
const HEAD = "head"
const sortRow = (sortOrder: number) => `sort-${String(sortOrder).padStart(7, "0")}`

type Stored = { readonly definition: string; readonly isDeleted: boolean }
type Rule = {
  readonly name: string
  readonly stacking: { readonly sortOrder: number }
  readonly version: number
}

/** The revision of the rules, with its ETag; 0 before the first rule. */
export async function readRevision(tables: TableStorage): Promise<{ revision: number; etag?: string }> {
  const head = await tables.find<{ revision: number }>(RULES, HEAD)
  return head ? { revision: head.revision, etag: head.etag } : { revision: 0 }
}

/**
 * Promotions or coupons as entities of one partition, beside their sort orders and the audit trail: one table
 * transaction writes them all.
 * @param kind begins their row keys
 */
export function tableDefinitions<T extends Rule>(
  tables: TableStorage,
  kind: "promotion" | "coupon",
  schema: z.ZodType<T>,
): Definitions<T> {
  const rowOf = (key: string) => `${kind}-${key}`
  /** The key in a row of this kind. */
  const keyIn = (row: string) => (row.startsWith(rowOf("")) ? row.slice(rowOf("").length) : undefined)
  const parse = ({ definition }: Stored): T => schema.parse(JSON.parse(definition))
  const findStored = (key: string) => tables.find<Stored>(RULES, rowOf(key))

  return {
    async find(key) {
      const entity = await findStored(key)
      return entity && !entity.isDeleted ? parse(entity) : undefined
    },

    async list(limit, after = "") {
      // "." follows "-": the rows of this kind lie between.
      const filter = odata`PartitionKey eq ${RULES} and RowKey gt ${rowOf(after)} and RowKey lt ${`${kind}.`}`
      const entities = await tables.page<Stored>(`${filter} and isDeleted eq false`, limit)
      return entities.map(parse)
    },

    async read(key, sortOrder) {
      const [head, entity, claim] = await Promise.all([
        readRevision(tables),
        findStored(key),
        sortOrder === undefined
          ? undefined
          : tables.find<{ rule: string; name: string }>(RULES, sortRow(sortOrder)),
      ])
      const isDeleted = entity?.isDeleted === true
      return {
        ...(entity && !isDeleted && { stored: parse(entity) }),
        isDeleted,
        ...(claim && claim.rule !== rowOf(key) && { holder: { key: keyIn(claim.rule), name: claim.name } }),
        revision: head.revision,
        etags: { ...(entity && { definition: entity.etag }), ...(head.etag && { head: head.etag }) },
      }
    },

    async write(before, key, next, entry, call) {
      const rule = rowOf(key)
      // By the clock: an emulator that has lost the last changes never gives a revision out twice.
      const revision = Math.max(before.revision + 1, call.now.getTime())
      const definition = {
        definition: JSON.stringify(next ?? before.stored),
        isDeleted: next === undefined,
        revision,
      }
      const actions: TransactionAction[] = [
        writtenBy(RULES, { rowKey: HEAD, revision }, before.etags.head),
        writtenBy(RULES, { rowKey: rule, ...definition }, before.etags.definition),
        ...sortActions(rule, before, next),
        ...auditRows(revision, entry, call),
      ]
      const isWritten = await tables.unlessOvertaken((table, options) =>
        table.submitTransaction(actions, options),
      )
      return isWritten ? revision : undefined
    },
  }
}

/** Takes the sort order of what is written, and gives back the one that it had. */
function sortActions<T extends Rule>(
  rule: string,
  { stored }: DefinitionState<T>,
  next: T | undefined,
): TransactionAction[] {
  const [before, after] = [stored?.stacking.sortOrder, next?.stacking.sortOrder]
  const claim = next && {
    partitionKey: RULES,
    rowKey: sortRow(next.stacking.sortOrder),
    rule,
    name: next.name,
  }
  return [
    ...(before !== undefined && before !== after
      ? [["delete", { partitionKey: RULES, rowKey: sortRow(before) }] satisfies TransactionAction]
      : []),
    ...(claim
      ? [(before === after ? ["upsert", claim, "Replace"] : ["create", claim]) satisfies TransactionAction]
      : []),
  ]
}
