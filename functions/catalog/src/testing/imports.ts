import { newId } from "@eshop/building-blocks/ids"
import type { CatalogOn } from "./catalog.ts"

export const bulkRoles = ["catalog.write", "inventory.write"]

/** Sends imports to a Catalog on behalf of somebody who may everything. */
export function importsTo({ app, store }: CatalogOn) {
  const send = app.as({ kind: "customer", id: "merchant", roles: bulkRoles })
  const tick = () => app.tick("catalog.run-import")
  const begin = async (lines: readonly unknown[], as = send): Promise<string> => {
    const { body } = await as("POST", "imports", { parts: 1 }, { "idempotency-key": newId() })
    const ndjson = lines.map((line) => (typeof line === "string" ? line : JSON.stringify(line))).join("\n")
    await as("PUT", `imports/${body.id}/parts/1`, ndjson, { "content-type": "application/x-ndjson" })
    return body.id
  }
  const lookAt = async (id: string) => (await send("GET", `imports/${id}`)).body
  /** What became of each line: its outcome, or why it was refused. */
  const outcomesOf = async (id: string): Promise<string[]> => {
    const outcomes: string[] = []
    for (let cursor: string | null = ""; cursor !== null; ) {
      const { body } = await send("GET", `imports/${id}/results?limit=100${cursor && `&cursor=${cursor}`}`)
      outcomes.push(
        ...body.items.map(({ outcome, code }: { outcome: string; code?: string }) => code ?? outcome),
      )
      cursor = body.nextCursor
    }
    return outcomes
  }
  return {
    send,
    begin,
    tick,
    lookAt,
    outcomesOf,
    /** Imports lines and waits for the end. @returns what became of each */
    async take(lines: readonly unknown[], as = send): Promise<string[]> {
      const id = await begin(lines, as)
      await tick()
      return outcomesOf(id)
    },
    /** All that is exported, page by page. */
    async exportAll(limit = 100, as = send): Promise<{ pages: number; lines: Record<string, unknown>[] }> {
      const lines: Record<string, unknown>[] = []
      for (let path = `export?limit=${limit}`, pages = 1; ; pages++) {
        const { body, headers } = await as("GET", path)
        lines.push(
          ...body
            .trimEnd()
            .split("\n")
            .filter(Boolean)
            .map((line: string) => JSON.parse(line)),
        )
        const next = /^<(\?.+)>; rel="next"$/.exec(headers.get("link") ?? "")
        if (!next) return { pages, lines }
        path = `export${next[1]}`
      }
    },
    /** How much was said and written down: unchanged where nothing happened. */
    async traces(): Promise<number[]> {
      const { rows } = await store.pool.query<{ count: number }>(
        `SELECT count(*) FROM outbox UNION ALL SELECT count(*) FROM audit
         UNION ALL SELECT sum(version) FROM product UNION ALL SELECT count(*) FROM price
         UNION ALL SELECT sum(on_hand) FROM stock`,
      )
      return rows.map(({ count }) => count)
    },
  }
}
