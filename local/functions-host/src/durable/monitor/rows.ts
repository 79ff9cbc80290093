/** Instances and entities as the Durable Functions Monitor lists them. */

import { jsonOrText } from "../http-api/status.ts"
import { type EntityName, entityName, isEntityId } from "../replay/command.ts"
import { type Entity, endedStatuses, type Instance, type Store } from "../store/store.ts"
import { type Filter, parseFilter } from "./filter.ts"

/** One line of the list. Times are milliseconds since 1970 until it is sent. */
export type Row = {
  readonly instanceId: string
  readonly parentInstanceId: string
  readonly name: string
  readonly entityType: "Orchestration" | "DurableEntity"
  readonly entityId: EntityName | null
  readonly runtimeStatus: string
  readonly createdTime: number
  readonly lastUpdatedTime: number
  readonly duration: number
  readonly input: unknown
  readonly output: unknown
  readonly customStatus: unknown
  readonly lastEvent: string
}

const PAGE = 500
const ENTITIES = "durableentities"

/**
 * Answers `GET …/orchestrations` with `$filter`, `$orderby`, `$skip`, `$top` and `hidden-columns`.
 * @throws Error where `$skip` or `$top` is no number
 */
export function listRows(store: Store, query: URLSearchParams): object[] {
  const filter = parseFilter(query.get("$filter") ?? "")
  const hidden = new Set((query.get("hidden-columns") ?? "").split("|"))
  const skip = countOf(query, "$skip") ?? 0
  const top = countOf(query, "$top") ?? Number.POSITIVE_INFINITY
  if (!filter) return []
  // What is filtered by is always shown.
  if (filter.condition) hidden.delete(filter.condition.field)
  const matching = matchingRows(store, filter)
  const [field, direction] = (query.get("$orderby") ?? "").split(" ")
  const rows = field ? sorted([...matching], field, direction?.toLowerCase() === "desc") : matching
  return page(rows, skip, top).map((row) => shown(row, hidden))
}

/** A number of items. @throws Error where it is none */
export function countOf(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name)
  if (text === null) return undefined
  if (!/^\d+$/.test(text)) throw new Error(`${name} must be a whole number, not '${text}'.`)
  return Number(text)
}

/** Takes what is wanted and reads no further. */
export function page<T>(items: Iterable<T>, skip: number, top: number): T[] {
  const taken: T[] = []
  let index = 0
  for (const item of items) {
    if (taken.length >= top) break
    if (index++ >= skip) taken.push(item)
  }
  return taken
}

/** The instance or entity with this id. */
export function rowOf(store: Store, id: string, committed: Instance | undefined): Row | undefined {
  if (!isEntityId(id)) return committed && instanceRow(committed)
  const entity = store.entity(id)
  return entity && entityRow(entity)
}

/** The row as it is sent, without the values of the hidden columns. */
export function shown(row: Row, hidden: ReadonlySet<string> = new Set()): object {
  const value = (column: "input" | "output" | "customStatus") => (hidden.has(column) ? null : row[column])
  return {
    ...row,
    createdTime: seconds(row.createdTime),
    lastUpdatedTime: seconds(row.lastUpdatedTime),
    input: value("input"),
    output: value("output"),
    customStatus: value("customStatus"),
  }
}

/** The text that a filter compares: a date as it is sent, a JSON value as Newtonsoft prints it. */
export function textOf(row: object, field: string): string | undefined {
  const name = Object.keys(row).find((key) => key.toLowerCase() === field.toLowerCase())
  if (name === undefined) return undefined
  const value = Reflect.get(row, name) as unknown
  if (value === null || value === undefined) return ""
  if (name === "createdTime" || name === "lastUpdatedTime") return seconds(value as number)
  if (name === "entityId") return `@${(value as EntityName).name}@${(value as EntityName).key}`
  return typeof value === "string" ? value : JSON.stringify(value, null, 2)
}

function* matchingRows(store: Store, filter: Filter): Generator<Row> {
  const { condition } = filter
  for (const row of allRows(store, filter)) {
    if (condition) {
      const asked = condition.field === "lastEvent" ? { ...row, lastEvent: lastEventOf(store, row) } : row
      const text = textOf(asked, condition.field)
      if (text === undefined || !condition.holds(text)) continue
      yield asked
    } else yield row
  }
}

function* allRows(store: Store, { from, till, statuses }: Filter): Generator<Row> {
  const known = ["Pending", "Running", "Suspended", ...endedStatuses] as const
  const wanted = statuses && known.filter((status) => statuses.includes(status.toLowerCase()))
  let token: string | undefined
  do {
    const { instances, continuationToken } = store.listInstances({
      ...(from !== undefined && { createdFrom: from }),
      ...(till !== undefined && { createdTo: till }),
      ...(wanted && { statuses: wanted }),
      ...(token !== undefined && { continuationToken: token }),
      top: PAGE,
    })
    yield* instances.map(instanceRow)
    token = continuationToken
  } while (token !== undefined)
  if (statuses && !statuses.includes(ENTITIES)) return
  do {
    const { entities, continuationToken } = store.listEntities({
      ...(from !== undefined && { updatedFrom: from }),
      ...(till !== undefined && { updatedTo: till }),
      ...(token !== undefined && { continuationToken: token }),
      top: PAGE,
    })
    yield* entities.map(entityRow)
    token = continuationToken
  } while (token !== undefined)
}

const instanceRow = (instance: Instance): Row => ({
  instanceId: instance.id,
  parentInstanceId: instance.parent?.instanceId ?? "",
  name: instance.name,
  entityType: "Orchestration",
  entityId: null,
  runtimeStatus: instance.status,
  createdTime: instance.createdAt,
  lastUpdatedTime: instance.updatedAt,
  duration: instance.updatedAt - instance.createdAt,
  input: jsonOrText(instance.input),
  output: jsonOrText(instance.output),
  customStatus: jsonOrText(instance.customStatus),
  lastEvent: "",
})

/** When an entity was created is not kept: both times are that of its last operation. */
const entityRow = ({ id, state, lockedBy, updatedAt }: Entity): Row => ({
  instanceId: id,
  parentInstanceId: "",
  name: `@${entityName(id).name}`,
  entityType: "DurableEntity",
  entityId: entityName(id),
  runtimeStatus: "Running",
  createdTime: updatedAt,
  lastUpdatedTime: updatedAt,
  duration: 0,
  input: { exists: state !== null, state: jsonOrText(state), ...(lockedBy !== null && { lockedBy }) },
  output: null,
  customStatus: null,
  lastEvent: "",
})

function lastEventOf(store: Store, { instanceId }: Row): string {
  const events = JSON.parse(`[${store.history(instanceId).events}]`) as { Name?: string }[]
  return events.findLast(({ Name }) => Name)?.Name ?? ""
}

/** Sorted by a column; as it came where there is no such column. */
function sorted(rows: Row[], field: string, descending: boolean): Row[] {
  const name = Object.keys(rows[0] ?? {}).find((key) => key.toLowerCase() === field.toLowerCase())
  if (name === undefined) return rows
  const keyOf = (row: Row): string | number => {
    const value: unknown = row[name as keyof Row]
    return typeof value === "number" ? value : (textOf(row, name) as string)
  }
  const compare = (a: string | number, b: string | number) => (a < b ? -1 : a > b ? 1 : 0)
  return rows.sort((a, b) => compare(keyOf(a), keyOf(b)) * (descending ? -1 : 1))
}

/** `yyyy-MM-ddTHH:mm:ssZ`. */
const seconds = (time: number): string => `${new Date(time).toISOString().slice(0, 19)}Z`
