/**
 * The writing half of the SQLite task hub, in a thread of its own: waiting for the disk must not hold up the event
 * loop that runs orchestrations. Gets groups of writes, runs each group as one transaction, answers when it is on
 * disk.
 */

import { DatabaseSync, type StatementSync } from "node:sqlite"
import { parentPort, workerData } from "node:worker_threads"

export const writes = {
  deleteInstance: "DELETE FROM instance WHERE id = ?",
  insertInstance: "INSERT INTO instance VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
  updateInstance:
    "UPDATE instance SET execution_id = ?, status = ?, output = ?, custom_status = ?, updated_at = ? WHERE id = ?",
  setInput: "UPDATE instance SET input = ? WHERE id = ?",
  appendHistory: "INSERT INTO history VALUES (?, ?, ?)",
  deleteHistory: "DELETE FROM history WHERE instance_id = ?",
  addMessage: "INSERT INTO message VALUES (?, ?, ?)",
  deleteMessage: "DELETE FROM message WHERE id = ?",
  deleteMessages: "DELETE FROM message WHERE target = ?",
  putEntity: "INSERT OR REPLACE INTO entity VALUES (?, ?, ?, ?)",
  deleteEntity: "DELETE FROM entity WHERE id = ?",
} as const

export type Write = [statement: keyof typeof writes, ...values: (string | number | null)[]]
export type WriterInit = { file: string; synchronous: "full" | "off" }
export type ToWriter = { writes: Write[] } | "close"
export type FromWriter = { error?: string }

/** Pages of the log before it is written back; rarely, because that costs two more flushes. */
const checkpointPages = 4000

if (parentPort) {
  const port = parentPort
  const { file, synchronous } = workerData as WriterInit
  const database = new DatabaseSync(file)
  database.exec("PRAGMA busy_timeout = 5000")
  database.exec(`PRAGMA synchronous = ${synchronous}`)
  database.exec(`PRAGMA wal_autocheckpoint = ${checkpointPages}`)
  const statements = Object.fromEntries(
    Object.entries(writes).map(([name, sql]) => [name, database.prepare(sql)]),
  ) as Record<keyof typeof writes, StatementSync>
  const begin = database.prepare("BEGIN IMMEDIATE")
  const commit = database.prepare("COMMIT")

  port.on("message", (message: ToWriter) => {
    if (message === "close") {
      database.close()
      port.close()
      return
    }
    const answer: FromWriter = {}
    try {
      begin.run()
      for (const [name, ...values] of message.writes) statements[name].run(...values)
      commit.run()
    } catch (error) {
      if (database.isTransaction) database.exec("ROLLBACK")
      answer.error = (error as Error).stack ?? String(error)
    }
    port.postMessage(answer)
  })
}
