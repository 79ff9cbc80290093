import { setTimeout as sleep } from "node:timers/promises"
import type { Container, SqlParameter } from "@azure/cosmos"
import { DependencyUnavailableError } from "@eshop/building-blocks/failure"
import { azureCredential } from "@eshop/building-blocks/identity/azure-credential"
import type { OrderDetails, OrderView, ProjectedOrder } from "../orders/order-views.ts"
import type { OrderViews, ViewCursor, ViewFilter } from "../orders/ports.ts"
import { cosmosCalls } from "./cosmos-calls.ts"

/** The container of the views and what it is partitioned by; its database is named as in `connectCosmos`. */
export const VIEWS = { database: "ordering", container: "orders", partitionKey: "/customerId" } as const

/** Views that are written at once; a projector's batch is a hundred. */
const AT_ONCE = 16
const PAGE = 100
const REQUEST_TIMEOUT_MS = 3_000
const RETRIES = { maxRetryAttemptCount: 4, fixedRetryIntervalInMilliseconds: 0, maxWaitTimeInSeconds: 4 }

/** A view as a document, in the partition of its customer. */
type ViewDocument = {
  readonly id: string
  readonly customerId: string
  readonly status: string
  /** Instant and id: documents of a customer in the order of a list. One property, so that no composite index is needed. */
  readonly position: string
  readonly version: number
  readonly view: OrderView
  readonly details: OrderDetails
}

/** Where Cosmos DB is: its address with the app's identity, or a connection string with a key. */
export type CosmosConnection = { readonly endpoint: string } | { readonly connectionString: string }

/** @returns undefined where neither is set */
export function cosmosOf(endpoint?: string, connectionString?: string): CosmosConnection | undefined {
  if (endpoint !== undefined) return { endpoint }
  return connectionString === undefined ? undefined : { connectionString }
}

/** The container of the views; the library is loaded at the first use. */
export function connectCosmos(to: CosmosConnection): () => Promise<Container> {
  const common = {
    connectionPolicy: { requestTimeout: REQUEST_TIMEOUT_MS, retryOptions: RETRIES },
    plugins: [cosmosCalls(VIEWS)],
  }
  async function load(): Promise<Container> {
    const { CosmosClient } = await import("@azure/cosmos")
    const client =
      "endpoint" in to
        ? new CosmosClient({ endpoint: to.endpoint, aadCredentials: azureCredential(), ...common })
        : new CosmosClient({ ...partsOf(to.connectionString), ...common })
    return client.database(VIEWS.database).container(VIEWS.container)
  }
  let loaded: Promise<Container> | undefined
  return () => {
    loaded ??= load()
    return loaded
  }
}

/** @param connectionString AccountEndpoint=…;AccountKey=…; */
function partsOf(connectionString: string): { endpoint: string; key: string } {
  const parts = new Map(
    connectionString.split(";").map((part) => {
      const [name = "", ...value] = part.split("=")
      return [name, value.join("=")]
    }),
  )
  return { endpoint: parts.get("AccountEndpoint") ?? "", key: parts.get("AccountKey") ?? "" }
}

/** In one form, so that their texts are ordered as the instants are. */
const instantOf = (text: string): string => new Date(text).toISOString()
const positionOf = ({ submittedAt, id }: ViewCursor): string => `${instantOf(submittedAt)} ${id}`

const documentOf = ({ view, details, version }: ProjectedOrder): ViewDocument => ({
  id: view.id,
  customerId: view.customerId,
  status: view.status,
  position: positionOf(view),
  version,
  view,
  details,
})

const codeOf = (error: unknown): unknown => (error as { code?: unknown } | null)?.code
const answered = (error: unknown, code: number): boolean => codeOf(error) === code
/** What a repetition may mend. */
const OUT = new Set<unknown>([408, 410, 429, 449, 500, 503])

/**
 * Runs requests.
 * @throws DependencyUnavailableError when Cosmos DB does not answer, or answers that it cannot: whatever has no status of
 * HTTP never came so far
 */
async function reach<T>(
  connect: () => Promise<Container>,
  work: (container: Container) => Promise<T>,
): Promise<T> {
  try {
    return await work(await connect())
  } catch (error) {
    const code = codeOf(error)
    if (typeof code !== "number" || OUT.has(code)) throw new DependencyUnavailableError("cosmos", error)
    throw error
  }
}

/** Does the work for each, some at a time. */
async function forEach<T>(items: readonly T[], work: (item: T) => Promise<unknown>): Promise<void> {
  const left = items.values()
  const worker = async () => {
    for (const item of left) await work(item)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
}

/** Replaces what is not newer. @returns false when another writer came first: look again */
async function replace(container: Container, document: ViewDocument): Promise<boolean> {
  const item = container.item(document.id, document.customerId)
  const { resource: known, etag } = await item.read<ViewDocument>()
  try {
    if (!known) await container.items.create(document)
    else if (known.version <= document.version)
      await item.replace(document, { accessCondition: { type: "IfMatch", condition: etag } })
    return true
  } catch (error) {
    // It was made, changed or removed meanwhile.
    if (answered(error, 409) || answered(error, 412) || answered(error, 404)) return false
    throw error
  }
}

async function put(container: Container, document: ViewDocument): Promise<void> {
  for (let pause = 1; !(await replace(container, document)); pause = Math.min(pause * 2, 100))
    await sleep(pause)
}

/** Lets any version overwrite the view; removes it when there is no such order. */
async function distrust(
  container: Container,
  { id, customerId }: Pick<ViewDocument, "id" | "customerId">,
  isKnown: boolean,
): Promise<void> {
  const item = container.item(id, customerId)
  for (;;) {
    const { resource: known, etag } = await item.read<ViewDocument>()
    if (!known) return
    const accessCondition = { type: "IfMatch", condition: etag }
    try {
      if (isKnown) await item.replace({ ...known, version: 0 }, { accessCondition })
      else await item.delete({ accessCondition })
      return
    } catch (error) {
      if (!answered(error, 412) && !answered(error, 404)) throw error
    }
  }
}

/** What a customer asks for, within their partition. */
function queryOf(customerId: string, { status, from, before }: ViewFilter, after: ViewCursor | undefined) {
  const conditions = ["c.customerId = @customer"]
  const parameters: SqlParameter[] = [{ name: "@customer", value: customerId }]
  const where = (condition: string, value: string | undefined) => {
    if (value === undefined) return
    const name = `@p${parameters.length}`
    conditions.push(`${condition} ${name}`)
    parameters.push({ name, value })
  }
  where("c.position <", after && positionOf(after))
  where("c.status =", status)
  where("c.position >=", from && instantOf(from))
  where("c.position <", before && instantOf(before))
  const query = `SELECT c.view FROM c WHERE ${conditions.join(" AND ")} ORDER BY c.position DESC`
  return { query, parameters }
}

/**
 * The customers' read model in Cosmos DB: point reads, queries within one partition, writes under an ETag.
 * @param exists whether there is such an order: a rebuild removes views of others
 */
export const cosmosOrderViews = (
  connect: () => Promise<Container>,
  exists: (id: string) => Promise<boolean>,
): OrderViews => ({
  put: (orders) =>
    reach(connect, (container) => forEach(orders.map(documentOf), (document) => put(container, document))),

  find: (customerId, id) =>
    reach(connect, async (container) => {
      const { resource } = await container.item(id, customerId).read<ViewDocument>()
      return resource?.details
    }),

  list: (customerId, filter, after, limit) =>
    reach(connect, async (container) => {
      const pages = container.items.query<Pick<ViewDocument, "view">>(queryOf(customerId, filter, after), {
        partitionKey: customerId,
        maxItemCount: limit,
      })
      const found: OrderView[] = []
      while (found.length < limit && pages.hasMoreResults()) {
        const { resources } = await pages.fetchNext()
        found.push(...resources.map(({ view }) => view))
      }
      return found.slice(0, limit)
    }),

  distrust: () =>
    reach(connect, async (container) => {
      const pages = container.items.query<Pick<ViewDocument, "id" | "customerId">>(
        "SELECT c.id, c.customerId FROM c",
        { maxItemCount: PAGE },
      )
      while (pages.hasMoreResults())
        await forEach((await pages.fetchNext()).resources, async (document) =>
          distrust(container, document, await exists(document.id)),
        )
    }),
})
