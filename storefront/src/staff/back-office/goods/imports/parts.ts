/** What Catalog takes of an import at once (docs/contexts/catalog.md). */
export const MAX_PART_BYTES = 2_000 * 1_024
export const MOST_PARTS = 500

/** Whole lines of a file: the bytes from `start` on, up to but without `end`. */
export type Part = { readonly start: number; readonly end: number }

/** A file in parts, or why it cannot be cut. */
export type Cut =
  | { readonly type: "cut"; readonly parts: readonly Part[] }
  | { readonly type: "empty" | "line-too-long" | "too-long" }

const LINE_END = 0x0a

/** Cuts a file between its lines into parts that are as large as they may be. @param most bytes of a part */
export async function cut(file: Blob, most = MAX_PART_BYTES): Promise<Cut> {
  const parts: Part[] = []
  for (let start = 0; start < file.size; ) {
    let end = Math.min(start + most, file.size)
    if (end < file.size) {
      const bytes = new Uint8Array(await file.slice(start, end).arrayBuffer())
      end = start + bytes.lastIndexOf(LINE_END) + 1
      if (end === start) return { type: "line-too-long" }
    }
    parts.push({ start, end })
    start = end
  }
  if (parts.length === 0) return { type: "empty" }
  return parts.length > MOST_PARTS ? { type: "too-long" } : { type: "cut", parts }
}

/** The lines with these numbers, counted from 1 over all parts. */
export async function linesAt(
  file: Blob,
  parts: readonly Part[],
  numbers: ReadonlySet<number>,
): Promise<string[]> {
  const found: string[] = []
  let number = 0
  for (const { start, end } of parts) {
    const text = await file.slice(start, end).text()
    for (const line of text.replace(/\r?\n$/, "").split(/\r?\n/)) if (numbers.has(++number)) found.push(line)
  }
  return found
}
