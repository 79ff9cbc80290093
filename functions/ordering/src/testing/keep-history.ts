import { existsSync, mkdirSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import type { Played } from "@eshop/building-blocks/durable/testing/play-saga"

/** Histories as they were recorded once: every later version of the code must be able to go on with them. */
export const recordedHistories = join(import.meta.dirname, "../../fixtures/histories")

/**
 * Keeps the history of a play, if there is none of this name yet: it is never written over, since it stands for the
 * instances that began on older code.
 * @param name the saga and the path that it took: `refund/settled-later`
 */
export function keepHistory(name: string, { history }: Pick<Played, "history">): void {
  const file = join(recordedHistories, `${name}.jsonl`)
  if (existsSync(file)) return
  if (process.env.CI) throw new Error(`${file} was not committed`)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, history.map((event) => `${JSON.stringify(event)}\n`).join(""))
}
