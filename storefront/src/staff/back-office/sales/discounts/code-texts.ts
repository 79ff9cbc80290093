import { messages } from "../../../../texts/messages.ts"
import { de } from "./code-texts.de.ts"

/** The texts about unique codes. */
export const en = {
  title: "Unique codes",
  none: "No codes were asked for yet; without them nobody can use the coupon.",
  count: "How many new codes",
  add: "Make them",
  "column.asked": "Asked for",
  "column.count": "Codes",
  "column.made": "Made",
  "column.file": "File",
  made: "{made} of {count}",
  download: "Download CSV",
  reading: "{read} read …",
} as const

export const t = messages(en, de)
