import {
  basketOperationsListAudit,
  catalogOperationsListAudit,
  discountOperationsListAudit,
  orderingOperationsListAudit,
} from "@eshop/shop-client/generated/sdk.gen"
import { infiniteQueryOptions } from "@tanstack/react-query"
import { ApiError, answerOf } from "../../../../api/api.ts"
import { type AuditSearch, type Context, contextsIn } from "./search.ts"
import { type Entry, goesOn, merge, type Page, type Trail, type Trails } from "./trails.ts"

type Query = Omit<AuditSearch, "in"> & { readonly limit: number; readonly cursor?: string }

const readers: Readonly<Record<Context, (query: Query) => Promise<Page>>> = {
  catalog: (query) => answerOf(catalogOperationsListAudit({ query })),
  basket: (query) => answerOf(basketOperationsListAudit({ query })),
  discount: (query) => answerOf(discountOperationsListAudit({ query })),
  ordering: (query) => answerOf(orderingOperationsListAudit({ query })),
}

const PAGE = 50

/** A page over all trails that were asked for, and which of them could not be read. */
export type AuditPage = {
  readonly items: readonly Entry[]
  readonly trails: Trails
  readonly hidden: readonly Context[]
  readonly away: readonly Context[]
}

/** Reads on in a trail that has nothing left to show. */
async function readOn(
  context: Context,
  trail: Trail | undefined,
  filter: Omit<AuditSearch, "in">,
): Promise<Trail | "hidden" | "away"> {
  if (trail && (trail.pending.length >= PAGE || trail.cursor === null)) return trail
  try {
    const cursor = trail?.cursor
    const page = await readers[context]({ ...filter, limit: PAGE, ...(cursor && { cursor }) })
    const entries = page.items.map((item) => ({ ...item, context }))
    return { pending: [...(trail?.pending ?? []), ...entries], cursor: page.nextCursor }
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    return error.problem.status === 403 ? "hidden" : "away"
  }
}

/** The trail over the contexts that were asked for. */
export const auditQuery = ({ in: written, ...filter }: AuditSearch) =>
  infiniteQueryOptions({
    queryKey: ["goods", "audit", written, filter],
    queryFn: async ({ pageParam }): Promise<AuditPage> => {
      const asked = pageParam ? (Object.keys(pageParam) as Context[]) : contextsIn(written)
      const read = await Promise.all(
        asked.map(async (context) => [context, await readOn(context, pageParam?.[context], filter)] as const),
      )
      const those = (what: "hidden" | "away") =>
        read.filter(([, answer]) => answer === what).map(([context]) => context)
      const trails = Object.fromEntries(read.filter(([, answer]) => typeof answer === "object"))
      return { ...merge(trails as Trails, PAGE), hidden: those("hidden"), away: those("away") }
    },
    initialPageParam: undefined as Trails | undefined,
    getNextPageParam: ({ trails }) => (goesOn(trails) ? trails : undefined),
    staleTime: 5_000,
  })
