import { DatabaseSync } from "node:sqlite"
import type { Reading } from "../open-instance.ts"

type Row = { readonly id: string; readonly name: string; readonly version: string | null }

/**
 * Reads the task hub of the local functions host, also while the host runs.
 * @param file its SQLite file
 */
export function readLocalHub(file: string): Reading {
  return {
    from: `the local task hub ${file}`,
    instances: (function* () {
      const database = new DatabaseSync(file, { readOnly: true })
      try {
        const open = database.prepare(
          "SELECT id, name, version FROM instance WHERE status IN ('Pending', 'Running', 'Suspended') ORDER BY created_at, id",
        )
        const parts = database.prepare("SELECT events FROM history WHERE instance_id = ? ORDER BY part")
        for (const { id, name, version } of open.all() as Row[]) {
          const texts = parts.all(id).map((row) => (row as { events: string }).events)
          yield { id, name, version, history: JSON.parse(`[${texts.join(",")}]`) }
        }
      } finally {
        database.close()
      }
    })(),
  }
}
