import type pg from "pg"
import type { LogLevel } from "../../telemetry/log.ts"
import type { LogLevels } from "../../telemetry/log-level.ts"

/** The log's level as a row of a PostgreSQL table, by the server's clock. */
export const postgresLogLevels = (pool: pg.Pool): LogLevels => ({
  async find() {
    const { rows } = await pool.query<{ level: LogLevel; until: Date }>({
      name: "log-level",
      text: "SELECT level, until FROM log_level WHERE until > now()",
    })
    return rows[0]
  },

  async set(level, minutes) {
    await pool.query(
      `INSERT INTO log_level (id, level, until) VALUES (1, $1, now() + make_interval(mins => $2))
       ON CONFLICT (id) DO UPDATE SET level = excluded.level, until = excluded.until`,
      [level, minutes],
    )
  },
})
