import { existsSync, readFileSync } from "node:fs"
import { DatabaseSync } from "node:sqlite"
import type { Damage } from "../supervisor/part.ts"

function failureOf(file: string, read: () => void): Damage | undefined {
  if (!existsSync(file)) return undefined
  try {
    read()
    return undefined
  } catch (error) {
    return { file, reason: (error as Error).message }
  }
}

/** Says so when a file that exists is not JSON. */
export const unreadableJson = (file: string) => failureOf(file, () => JSON.parse(readFileSync(file, "utf8")))

/** Says so when a file that exists is not a whole SQLite database. Asked only when no process has it open. */
export const unreadableDatabase = (file: string) =>
  failureOf(file, () => {
    const database = new DatabaseSync(file)
    try {
      const { quick_check } = database.prepare("PRAGMA quick_check(1)").get() as { quick_check: string }
      if (quick_check !== "ok") throw new Error(quick_check)
    } finally {
      database.close()
    }
  })

/** Says so when one of the last lines that the program printed does. */
export function printedDamage(file: string, pattern: RegExp, output: readonly string[]): Damage | undefined {
  const line = output.find((printed) => pattern.test(printed))
  return line === undefined ? undefined : { file, reason: line.slice(line.search(pattern)) }
}
