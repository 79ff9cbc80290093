import {
  catalogBeginImport,
  catalogExportProducts,
  catalogGetFeed,
  catalogGetImport,
  catalogListImportResults,
  catalogListImports,
  catalogPutImportPart,
} from "@eshop/shop-client/generated/sdk.gen"
import type {
  CatalogGetImportResponse,
  CatalogListImportResultsResponse,
} from "@eshop/shop-client/generated/types.gen"
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query"
import { answerOf, answerWithHeaders } from "../../../../api/api.ts"
import { type Kept, keep, keptOf } from "./kept.ts"

export type Import = CatalogGetImportResponse
export type LineResult = CatalogListImportResultsResponse["items"][number]
export type Outcome = LineResult["outcome"]

/** While an import runs it is looked at this often, in milliseconds. */
const ASK_EVERY_MS = 1_000

export const isOver = ({ status }: Import): boolean => status === "done" || status === "failed"

export const importsQuery = infiniteQueryOptions({
  queryKey: ["goods", "imports"],
  queryFn: ({ pageParam }) =>
    answerOf(catalogListImports({ query: { limit: 20, ...(pageParam !== "" && { cursor: pageParam }) } })),
  initialPageParam: "",
  getNextPageParam: ({ nextCursor }) => nextCursor,
  staleTime: 0,
})

export const importQuery = (id: string) =>
  queryOptions({
    queryKey: ["goods", "import", id],
    queryFn: () => answerOf(catalogGetImport({ path: { id } })),
    staleTime: 0,
    refetchInterval: ({ state: { data } }) => (data && isOver(data) ? false : ASK_EVERY_MS),
  })

export const keptQuery = (id: string) =>
  queryOptions({
    queryKey: ["goods", "kept-import", id],
    queryFn: async () => (await keptOf(id)) ?? null,
    staleTime: 0,
  })

const resultsPage = (id: string, outcome: Outcome | undefined, cursor: string, limit: number) =>
  answerOf(
    catalogListImportResults({
      path: { id },
      query: { limit, ...(outcome && { outcome }), ...(cursor !== "" && { cursor }) },
    }),
  )

/** What became of the lines. @param position how far the import is: from there on there was nothing to tell yet */
export const resultsQuery = (id: string, outcome: Outcome | undefined, position: number) =>
  infiniteQueryOptions({
    queryKey: ["goods", "import-results", id, outcome, position],
    queryFn: ({ pageParam }) => resultsPage(id, outcome, pageParam, 50),
    initialPageParam: "",
    getNextPageParam: ({ nextCursor }) => nextCursor,
  })

/** All lines of an import that were refused, with the reasons. */
export async function refusedLines(id: string): Promise<LineResult[]> {
  const found: LineResult[] = []
  for (let cursor: string | null = ""; cursor !== null; ) {
    const page: CatalogListImportResultsResponse = await resultsPage(id, "refused", cursor, 100)
    found.push(...page.items)
    cursor = page.nextCursor
  }
  return found
}

/** Begins an import of a kept file; said again, it is the same one. @returns the file with the import's id */
export async function begin(kept: Kept): Promise<Kept & { readonly id: string }> {
  if (kept.id !== undefined) return { ...kept, id: kept.id }
  const answer = catalogBeginImport({
    body: { parts: kept.parts.length },
    headers: { "Idempotency-Key": kept.key },
  })
  const { id } = await answerOf(answer)
  const begun = { ...kept, id }
  await keep(begun)
  return begun
}

/**
 * Sends the parts of a file that the shop does not have yet, and remembers each that has arrived. A part that is sent twice
 * is the same part.
 * @param onSent told of each
 */
export async function sendParts(id: string, onSent: (kept: Kept) => void): Promise<void> {
  let kept = await keptOf(id)
  for (const [index, { start, end }] of (kept?.parts ?? []).entries()) {
    if (!kept || kept.sent.includes(index)) continue
    await answerOf(
      catalogPutImportPart({
        path: { id, part: index + 1 },
        body: kept.file.slice(start, end),
        bodySerializer: (body: unknown) => body,
      }),
    )
    kept = await keep({ ...kept, sent: [...kept.sent, index] })
    onSent(kept)
  }
}

/** Reads pages of lines to the end, by the address of the next one in each answer's `Link` (RFC 8288). */
async function readPages(
  read: (cursor: string) => Promise<{ data: unknown; headers: Headers }>,
  onBytes: (bytes: number) => void,
): Promise<Blob> {
  const pages: Blob[] = []
  for (let cursor: string | undefined = ""; cursor !== undefined; ) {
    const { data, headers } = await read(cursor)
    pages.push(data as Blob)
    onBytes(pages.reduce((bytes, { size }) => bytes + size, 0))
    cursor = /[?&]cursor=([\w-]+)[^>]*>;\s*rel="next"/.exec(headers.get("link") ?? "")?.[1]
  }
  return new Blob(pages, { type: "application/x-ndjson" })
}

/** All products, as the lines that an import takes. @param onBytes told how many have come so far */
export const readExport = (onBytes: (bytes: number) => void): Promise<Blob> =>
  readPages(
    (cursor) =>
      answerWithHeaders(
        catalogExportProducts({
          query: { limit: 1_000, ...(cursor !== "" && { cursor }) },
          parseAs: "blob",
        }),
      ),
    onBytes,
  )

/** All that is sold, for marketplaces, with the addresses of this site. @param onBytes told how many have come so far */
export const readFeed = (language: string, onBytes: (bytes: number) => void): Promise<Blob> =>
  readPages(
    (cursor) =>
      answerWithHeaders(
        catalogGetFeed({
          query: { site: location.origin, language, limit: 1_000, ...(cursor !== "" && { cursor }) },
          parseAs: "blob",
        }),
      ),
    onBytes,
  )
