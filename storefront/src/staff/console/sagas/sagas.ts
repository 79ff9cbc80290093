import {
  orderingCountInstances,
  orderingGetInstance,
  orderingListInstances,
  orderingListSagasInNeed,
  orderingOperationsListAudit,
} from "@eshop/shop-client/generated/sdk.gen"
import type { OrderingListSagasInNeedResponse } from "@eshop/shop-client/generated/types.gen"
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query"
import { answerOf } from "../../../api/api.ts"
import type { Instance } from "./instance.ts"
import { type Age, queryOf, type SagasSearch, startedWithin } from "./sagas-search.ts"

/** Everything about sagas that is asked for; what changes one asks for all of it anew. */
export const SAGAS = "sagas"

const PAGE = 50
/** What is asked for every few seconds need not be tried again before: that it is away is seen at once. */
const live = { retry: false }
/** A checkout has ended by then: what keeps failing for longer is noted down outside of the task hub. */
const YOUNG_MS = 3_600_000
/** What is counted of those that have ended, where no age is asked for. */
const COUNTED_AGE: Age = "24h"

/** A page of the list after the other. */
export const instancesQuery = (search: SagasSearch) =>
  infiniteQueryOptions({
    ...live,
    queryKey: [SAGAS, "list", search],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) => {
      const cursor = pageParam === undefined ? {} : { cursor: pageParam }
      const query = { ...queryOf(search, Date.now()), limit: PAGE, ...cursor }
      return answerOf(orderingListInstances({ query }))
    },
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
  })

/** How many there are in each state. */
export const countsQuery = (age: Age | undefined) =>
  queryOptions({
    ...live,
    queryKey: [SAGAS, "counts", age],
    queryFn: () => {
      const query = startedWithin(age ?? COUNTED_AGE, Date.now())
      return answerOf(orderingCountInstances({ query }))
    },
  })

type Noted = OrderingListSagasInNeedResponse["items"][number]

/** As it was noted down: when it began is not known, when it began to fail is. */
const instanceOf = ({ instanceId, orderId, saga, status, position, notedAt }: Noted): Instance => ({
  ...{ instanceId, orderId, saga, position, updatedAt: notedAt },
  createdAt: position.since ?? notedAt,
  runtimeStatus: status === "failed" ? "Failed" : "Running",
})

/**
 * Those that need a person: what is noted down, which is so a minute after it began to fail, and young ones that are not
 * noted down yet, as the task hub has them.
 */
export const attentionQuery = queryOptions({
  ...live,
  queryKey: [SAGAS, "attention"],
  queryFn: async () => {
    const createdFrom = new Date(Date.now() - YOUNG_MS).toISOString()
    const young = {
      needsAttention: "true",
      runtimeStatus: "Running,Failed,Suspended",
      createdFrom,
      limit: 100,
    }
    const [noted, found] = await Promise.all([
      answerOf(orderingListSagasInNeed({ query: { limit: 100 } })),
      answerOf(orderingListInstances({ query: young })),
    ])
    const all = new Map<string, Instance>(noted.items.map((one) => [one.instanceId, instanceOf(one)]))
    for (const one of found.items) all.set(one.instanceId, one)
    return { instances: [...all.values()], orMore: noted.nextCursor !== null }
  },
})

/** One instance with all that is known of its way. */
export const instanceQuery = (instanceId: string) =>
  queryOptions({
    ...live,
    queryKey: [SAGAS, "one", instanceId],
    queryFn: () => answerOf(orderingGetInstance({ path: { instanceId } })),
  })

/** What people did to it, newest first. */
export const auditQuery = (instanceId: string) =>
  queryOptions({
    ...live,
    queryKey: [SAGAS, "audit", instanceId],
    queryFn: async () => {
      const query = { subject: `saga ${instanceId}`, limit: 50 }
      return (await answerOf(orderingOperationsListAudit({ query }))).items
    },
  })
