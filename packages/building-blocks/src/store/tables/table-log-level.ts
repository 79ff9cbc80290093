import type { LogLevel } from "../../telemetry/log.ts"
import type { LogLevels } from "../../telemetry/log-level.ts"
import type { TableStorage } from "./table-storage.ts"

const key = { partitionKey: "log-level", rowKey: "log-level" }

/** The log's level as an entity. Table Storage tells no time: the clocks of the instances count. */
export const tableLogLevels = (tables: TableStorage): LogLevels => ({
  async find() {
    const found = await tables.find<{ level: LogLevel; until: string }>(key.partitionKey, key.rowKey)
    if (!found || Date.parse(found.until) <= Date.now()) return undefined
    return { level: found.level, until: new Date(found.until) }
  },

  async set(level, minutes) {
    const until = new Date(Date.now() + minutes * 60_000).toISOString()
    await tables.reach((table, options) => table.upsertEntity({ ...key, level, until }, "Replace", options))
  },
})
