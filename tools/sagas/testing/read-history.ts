import { readFileSync } from "node:fs"
import type { HistoryEvent } from "@eshop/functions-host/durable/protocol/events"

/** A recorded history: an event a line. */
export const readHistory = (file: string): HistoryEvent[] =>
  readFileSync(file, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line))
