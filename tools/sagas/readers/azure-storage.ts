// The task hub of the Azure Storage provider: the tables `<hub>Instances` and `<hub>History`; what is too long for a row
// lies, packed, in the container `<hub>-largemessages`. After AzureTableTrackingStore of Azure/durabletask. Unproven: it
// was tried on rows that were written after that source, never on a real task hub.
import { promisify } from "node:util"
import { gunzip } from "node:zlib"
import { odata, type TableClient } from "@azure/data-tables"
import type { OpenInstance, Reading } from "../open-instance.ts"
import { eventOf } from "./rows.ts"

type InstanceRow = {
  readonly partitionKey: string
  readonly Name: string
  readonly Version?: string
  readonly ExecutionId: string
}

/** A row of the history; the columns that its kind of event has. */
export type HistoryRow = {
  readonly rowKey: string
  readonly ExecutionId: string
  readonly EventType?: string
  readonly EventId?: number
  readonly _Timestamp?: Date
  readonly [column: string]: unknown
}

/** What of the storage account the reader needs. */
export type StorageAccount = {
  readonly name: string
  table(name: string): TableClient
  /** @returns the blob's bytes */
  blob(container: string, name: string): Promise<Uint8Array>
}

/** Not an event: what the provider keeps the last ETag in. */
const SENTINEL = "sentinel"
const OPEN = "RuntimeStatus eq 'Pending' or RuntimeStatus eq 'Running' or RuntimeStatus eq 'Suspended'"

/**
 * Reads a task hub in Azure Storage.
 * @param hub its name: `hubName` in host.json
 */
export function readAzureStorage(account: StorageAccount, hub: string): Reading {
  return {
    from: `the task hub ${hub} in the storage account ${account.name}`,
    instances: (async function* () {
      const instances = account.table(`${hub}Instances`)
      if (!(await exists(instances))) return
      for await (const row of instances.listEntities<InstanceRow>({ queryOptions: { filter: OPEN } })) {
        // Entities are instances as well, and have no code that waits.
        if (!row.partitionKey.startsWith("@")) yield await readInstance(account, hub, row)
      }
    })(),
  }
}

/** The provider makes its tables at the app's first start. */
async function exists(table: TableClient): Promise<boolean> {
  try {
    await table.listEntities().byPage({ maxPageSize: 1 }).next()
    return true
  } catch (error) {
    if ((error as { statusCode?: number }).statusCode === 404) return false
    throw error
  }
}

async function readInstance(account: StorageAccount, hub: string, row: InstanceRow): Promise<OpenInstance> {
  const { partitionKey: id, Name: name, Version: version, ExecutionId: execution } = row
  const filter = odata`PartitionKey eq ${id} and ExecutionId eq ${execution}`
  const rows: HistoryRow[] = []
  for await (const event of account
    .table(`${hub}History`)
    .listEntities<HistoryRow>({ queryOptions: { filter } }))
    rows.push(event as unknown as HistoryRow)
  const blob = async (blobName: string) =>
    (await promisify(gunzip)(await account.blob(`${hub.toLowerCase()}-largemessages`, blobName))).toString(
      "utf8",
    )
  return { id, name, version: version || null, history: await historyOf(rows, blob) }
}

/** The events of one execution. @param blob the text of a packed blob, by its name */
export async function historyOf(rows: readonly HistoryRow[], blob: (name: string) => Promise<string>) {
  const text = async (row: HistoryRow, column: string): Promise<string | undefined> => {
    const name = row[`${column}BlobName`]
    return typeof name === "string" && name !== "" ? await blob(name) : (row[column] as string | undefined)
  }
  const events = rows
    .filter(({ rowKey }) => rowKey !== SENTINEL)
    .sort((a, b) => (a.rowKey < b.rowKey ? -1 : 1))
  return await Promise.all(
    events.map(async (row) =>
      eventOf({
        type: row.EventType as string,
        at: row._Timestamp as Date,
        id: row.EventId ?? -1,
        answers: (row.TaskScheduledId ?? row.TimerId) as number | undefined,
        name: row.Name as string | undefined,
        version: row.Version as string | undefined,
        instanceId: row.InstanceId as string | undefined,
        fireAt: row.FireAt as Date | undefined,
        input: await text(row, "Input"),
        result: await text(row, "Result"),
        reason: row.Reason as string | undefined,
        details: row.Details as string | undefined,
      }),
    ),
  )
}
