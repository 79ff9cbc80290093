import type { LogLevel } from "../../telemetry/log.ts"
import type { LogLevels } from "../../telemetry/log-level.ts"
import { type SqlServerPool, upsert } from "./pool.ts"
import { inSeconds, now, sql, text } from "./sql.ts"

/** The log's level as a row of a SQL Server table, by the server's clock. */
export const sqlServerLogLevels = (server: SqlServerPool): LogLevels => ({
  async find() {
    const { rows } = await server.run<{ level: LogLevel; until: Date }>(
      sql`SELECT level AS [level], until AS [until] FROM log_level WHERE until > ${now}`,
    )
    return rows[0]
  },

  async set(level, minutes) {
    const until = inSeconds(minutes * 60)
    await upsert(
      server,
      sql`UPDATE log_level SET level = ${text(level)}, until = ${until} WHERE id = 1`,
      sql`INSERT INTO log_level (id, level, until) VALUES (1, ${text(level)}, ${until})`,
    )
  },
})
