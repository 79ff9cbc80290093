import type pg from "pg"

const WATCH_MS = 10

/** Sees orders end by one query for all that are waited for, so that waiting costs next to nothing. */
export function orderWatcher(pool: pg.Pool) {
  const waiting = new Map<string, (status: string) => void>()
  let stopped = false
  const look = async () => {
    while (!stopped) {
      if (waiting.size > 0) {
        const { rows } = await pool.query<{ id: string; status: string }>(
          "SELECT id, status FROM orders WHERE id = ANY ($1::uuid[]) AND status IN ('Paid', 'Cancelled')",
          [[...waiting.keys()]],
        )
        for (const { id, status } of rows) {
          waiting.get(id)?.(status)
          waiting.delete(id)
        }
      }
      await new Promise((resolve) => setTimeout(resolve, WATCH_MS))
    }
  }
  const running = look()
  return {
    ended: (id: string) => new Promise<string>((resolve) => waiting.set(id, resolve)),
    async stop() {
      stopped = true
      await running
    },
  }
}
