/**
 * The writing half of the SQLite task hub: runs groups of writes, each as one transaction. Loaded by the store, and
 * as a thread of its own for disks that are slow to flush: waiting for them must not hold up the event loop.
 */

import { DatabaseSync, type StatementSync } from "node:sqlite"
import { isMainThread, parentPort, workerData } from "node:worker_threads"

export const writes = {
  deleteInstance: "DELETE FROM instance WHERE id = ?",
  insertInstance: "INSERT INTO instance VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
  updateInstance:
    "UPDATE instance SET execution_id = ?, status = ?, output = ?, custom_status = ?, updated_at = ? WHERE id = ?",
  setCustomStatus: "UPDATE instance SET custom_status = ? WHERE id = ?",
  setInput: "UPDATE instance SET input = ? WHERE id = ?",
  appendHistory: "INSERT INTO history VALUES (?, ?, ?)",
  deleteHistory: "DELETE FROM history WHERE instance_id = ?",
  addMessage: "INSERT INTO message VALUES (?, ?, ?)",
  deleteMessage: "DELETE FROM message WHERE id = ?",
  deleteEnded: "DELETE FROM instance WHERE id = ? AND status IN ('Completed', 'Failed', 'Terminated')",
  deleteOrphanedHistory:
    "DELETE FROM history WHERE instance_id = ?1 AND NOT EXISTS (SELECT 1 FROM instance WHERE id = ?1)",
  deleteOrphanedMessages:
    "DELETE FROM message WHERE target = ?1 AND NOT EXISTS (SELECT 1 FROM instance WHERE id = ?1)",
  deleteMessages: "DELETE FROM message WHERE target = ?",
  putEntity: "INSERT OR REPLACE INTO entity VALUES (?, ?, ?, ?)",
  deleteEntity: "DELETE FROM entity WHERE id = ?",
} as const

export type Write = [statement: keyof typeof writes, ...values: (string | number | null)[]]
export type WriterInit = { taskHub: true; file: string; synchronous: "full" | "off" }
export type ToWriter = { writes: Write[] } | "close"
/** `took`: milliseconds from begin to the end of the flush. */
export type FromWriter = { took: number; error?: string }

/** Pages of the log before it is written back; rarely, because that costs two more flushes. */
const checkpointPages = 4000

/** Prepares a connection for writing; the function runs one group and says how long it took or why it failed. */
export function createGroupWriter(
  database: DatabaseSync,
  synchronous: WriterInit["synchronous"],
): (group: readonly Write[]) => FromWriter {
  database.exec("PRAGMA busy_timeout = 5000")
  database.exec(`PRAGMA synchronous = ${synchronous}`)
  database.exec(`PRAGMA wal_autocheckpoint = ${checkpointPages}`)
  const statements = Object.fromEntries(
    Object.entries(writes).map(([name, sql]) => [name, database.prepare(sql)]),
  ) as Record<keyof typeof writes, StatementSync>
  const begin = database.prepare("BEGIN IMMEDIATE")
  const commit = database.prepare("COMMIT")
  return (group) => {
    const started = performance.now()
    try {
      begin.run()
      for (const [name, ...values] of group) statements[name].run(...values)
      commit.run()
      return { took: performance.now() - started }
    } catch (error) {
      if (database.isTransaction) database.exec("ROLLBACK")
      return { took: performance.now() - started, error: (error as Error).stack ?? String(error) }
    }
  }
}

if (!isMainThread && parentPort && (workerData as Partial<WriterInit> | null)?.taskHub) {
  const port = parentPort
  const { file, synchronous } = workerData as WriterInit
  const database = new DatabaseSync(file)
  const write = createGroupWriter(database, synchronous)
  port.on("message", (message: ToWriter) => {
    if (message === "close") {
      database.close()
      port.close()
      return
    }
    port.postMessage(write(message.writes))
  })
}
