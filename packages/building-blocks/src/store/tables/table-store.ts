import { odata } from "@azure/data-tables"
import type { Outbox, OutboxMessage } from "../../messaging/outbox.ts"
import type { Broker } from "../../messaging/relay.ts"
import type { BaseStore } from "../store.ts"
import { tableLogLevels } from "./table-log-level.ts"
import { inboxPartitions, tableInbox, tableParkedMessages } from "./table-messages.ts"
import { requestPartitions, tableRequestLog } from "./table-request-log.ts"
import type { TableStorage } from "./table-storage.ts"
import { tableUnitOfWork } from "./transaction.ts"

/** A store without an outbox of its own: an app on it publishes nothing. */
export type TableStore = BaseStore & {
  /** Sends what a redrive adds before the transaction goes on. */
  readonly outbox: Pick<Outbox, "add">
}

/** A message's time to live is 14 days; an idempotency key is honoured for 24 hours. */
const INBOX_DAYS = 15
const REQUEST_DAYS = 1

/** A context's store on Table Storage, for effects that are idempotent by themselves. */
export const tableStore = (tables: TableStorage, broker: Broker): TableStore => ({
  unitOfWork: tableUnitOfWork,
  outbox: { add: (_tx, messages) => publish(broker, messages) },
  inbox: tableInbox(tables),
  parked: tableParkedMessages(tables),
  requests: tableRequestLog(tables),
  logLevels: tableLogLevels(tables),

  async forgetOld() {
    await forget(tables, inboxPartitions, "handledAt", INBOX_DAYS)
    await forget(tables, requestPartitions, "createdAt", REQUEST_DAYS)
  },

  async ping() {
    await tables.ping()
  },

  close: () => broker.close(),
})

async function publish(broker: Broker, messages: readonly OutboxMessage[]): Promise<void> {
  for (const [topic, ofTopic] of Map.groupBy(messages, (message) => message.topic))
    await broker.publish(topic, ofTopic)
}

/** Deletes what is older, entity by entity: a day's messages, while nobody waits. */
async function forget(
  tables: TableStorage,
  { first, end }: { first: string; end: string },
  time: string,
  days: number,
): Promise<void> {
  const before = new Date(Date.now() - days * 86_400_000)
  const filter = `${odata`PartitionKey ge ${first} and PartitionKey lt ${end}`} and ${time} lt datetime'${before.toISOString()}'`
  for (;;) {
    const old = await tables.page<object>(filter, 100)
    await Promise.all(
      old.map(({ partitionKey, rowKey }) =>
        tables.unlessGone((table, options) => table.deleteEntity(partitionKey, rowKey, options)),
      ),
    )
    if (old.length === 0) return
  }
}
