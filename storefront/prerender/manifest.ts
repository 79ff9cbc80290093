import { createReadStream, existsSync } from "node:fs"
import { createInterface } from "node:readline"

/** What was written for a product or a category. */
export type Entry = {
  readonly id: string
  /** By address. */
  readonly files: Readonly<Record<string, WrittenFile>>
}

export type WrittenFile = {
  readonly hash: string
  /** When it became what it is: an ISO day. */
  readonly changed: string
  /** Whether sitemaps have it. */
  readonly isListed: boolean
}

/** The entries of a manifest, in the order in which they were written; none where there is no manifest yet. */
export async function* entriesIn(file: string): AsyncGenerator<Entry> {
  if (!existsSync(file)) return
  for await (const line of createInterface({
    input: createReadStream(file),
    crlfDelay: Number.POSITIVE_INFINITY,
  }))
    if (line !== "") yield JSON.parse(line) as Entry
}

type Pair<Fresh> = { readonly before: Entry | undefined; readonly fresh: Fresh | undefined }

/**
 * Goes through two sequences that are both in the order of their ids, one element of each at a time.
 * @returns each id once, with what was there before and what is there now
 */
export async function* joined<Fresh extends { readonly id: string }>(
  old: AsyncIterable<Entry>,
  fresh: AsyncIterable<Fresh>,
): AsyncGenerator<Pair<Fresh>> {
  const before = old[Symbol.asyncIterator]()
  let known = await before.next()
  for await (const next of fresh) {
    for (; !known.done && known.value.id < next.id; known = await before.next())
      yield { before: known.value, fresh: undefined }
    const isSame = !known.done && known.value.id === next.id
    yield { before: isSame ? (known.value as Entry) : undefined, fresh: next }
    if (isSame) known = await before.next()
  }
  for (; !known.done; known = await before.next()) yield { before: known.value, fresh: undefined }
}
