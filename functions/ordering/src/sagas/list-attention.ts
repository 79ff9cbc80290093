import { useCase } from "@eshop/building-blocks/app/use-case"
import { SagaPosition } from "@eshop/building-blocks/durable/position"
import type { Sagas } from "@eshop/building-blocks/durable/saga-client"
import { CursorInstant, cursorOf } from "@eshop/building-blocks/http/cursor"
import { pageSize } from "@eshop/building-blocks/http/query"
import { OrderId } from "@eshop/domain/kernel/ids"
import * as z from "zod"
import type { Attention } from "./attention.ts"
import { needsAttention } from "./position.ts"

const cursor = cursorOf("sagas", z.strictObject({ notedAt: CursorInstant, instanceId: z.string() }))

type Ports = { readonly attention: Attention; readonly sagas: Sagas }

/**
 * The sagas that need attention, those that have waited longest first. A page may hold fewer than asked for: each one of
 * the list is asked how it stands by now, and one that needs nobody any more is left out.
 */
export const listAttention = useCase("ordering.list-sagas-in-need", {
  input: z.strictObject({ limit: pageSize, cursor: cursor.schema.optional() }),
  result: z.strictObject({
    items: z.array(
      z.strictObject({
        instanceId: z.string(),
        orderId: OrderId,
        saga: z.string(),
        status: z.enum(["running", "failed"]),
        position: SagaPosition,
        notedAt: z.iso.datetime(),
      }),
    ),
    nextCursor: z.string().nullable(),
  }),
  handle:
    ({ attention, sagas }: Ports) =>
    async ({ limit, cursor: after }) => {
      const from = after && { ...after, notedAt: new Date(after.notedAt) }
      const found = await attention.list(from, limit + 1)
      const page = found.slice(0, limit)
      const asked = await Promise.all(
        page.map(async (noted) => {
          const standing = await needsAttention(sagas, noted.instanceId)
          return standing ? [{ ...noted, ...standing, notedAt: noted.notedAt.toISOString() }] : []
        }),
      )
      const last = page.at(-1)
      const more = found.length > limit && last
      return {
        items: asked.flat(),
        nextCursor: more
          ? cursor.encode({ notedAt: last.notedAt.toISOString(), instanceId: last.instanceId })
          : null,
      }
    },
})
