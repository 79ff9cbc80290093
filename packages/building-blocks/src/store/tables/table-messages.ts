import { odata, type TransactionAction } from "@azure/data-tables"
import type { ParkedMessage, ParkedMessages } from "../../messaging/parked.ts"
import { keyOf } from "../key-of.ts"
import type { Inbox } from "../store.ts"
import type { TableStorage } from "./table-storage.ts"
import { partitionOf, recordedBy } from "./transaction.ts"

/** The partitions of handled messages lie between. */
export const inboxPartitions = { first: "inbox-", end: "inbox." }
const inboxKey = (source: string, eventId: string) => {
  const rowKey = keyOf(source, eventId)
  return { partitionKey: partitionOf("inbox", rowKey), rowKey }
}

/**
 * The ids of handled messages as entities. They are recorded after the effect, so two deliveries of one message at once
 * may both have it: effects are idempotent by themselves.
 */
export const tableInbox = (tables: TableStorage): Inbox => ({
  async claim(tx, source, eventId) {
    const { partitionKey, rowKey } = inboxKey(source, eventId)
    if (await tables.find(partitionKey, rowKey)) return false
    recordedBy(tx).push(() =>
      tables.unlessOvertaken((table, options) =>
        table.createEntity({ partitionKey, rowKey, handledAt: new Date() }, options),
      ),
    )
    return true
  },
})

const PARKED = "parked"
const idRow = (source: string, eventId: string) => `id-${keyOf(source, eventId)}`
const placeRow = (position: number) => `place-${String(position).padStart(16, "0")}`
const placeRows = { first: "place-", end: "place." }

/** In microseconds since 1970, the last three digits at random: two that are parked at one moment have two. */
const positionOf = ({ parkedAt }: ParkedMessage): number =>
  parkedAt.getTime() * 1_000 + Math.floor(Math.random() * 1_000)

/** A property holds 32 Ki characters; an entity, and so a message, 1 MiB. */
const PART = 30_000

const partsOf = (text: string): Record<string, string> =>
  Object.fromEntries(
    Array.from({ length: Math.ceil(text.length / PART) }, (_, index) => [
      `message${index}`,
      text.slice(index * PART, (index + 1) * PART),
    ]),
  )

type Place = { readonly [part: string]: unknown }

function messageOf(entity: Place): ParkedMessage {
  let text = ""
  for (let index = 0; entity[`message${index}`] !== undefined; index++) text += entity[`message${index}`]
  const { parkedAt, ...message } = JSON.parse(text)
  return { ...message, parkedAt: new Date(parkedAt) }
}

/** Parked messages as entities: one by the message's id, and one by its place that holds it. */
export function tableParkedMessages(tables: TableStorage): ParkedMessages {
  const places = odata`PartitionKey eq ${PARKED} and RowKey ge ${placeRows.first} and RowKey lt ${placeRows.end}`
  const write = (actions: TransactionAction[]) =>
    tables.unlessOvertaken((table, options) => table.submitTransaction(actions, options))

  return {
    async park(tx, message) {
      const position = positionOf(message)
      const id = { partitionKey: PARKED, rowKey: idRow(message.source, message.eventId), position }
      const place = { partitionKey: PARKED, rowKey: placeRow(position), ...partsOf(JSON.stringify(message)) }
      // Before the inbox knows the message: who dies in between parks it again, which finds it there.
      recordedBy(tx).unshift(() =>
        write([
          ["create", id],
          ["create", place],
        ]),
      )
    },

    async list(limit, after = 0) {
      const filter = odata`PartitionKey eq ${PARKED} and RowKey gt ${placeRow(after)} and RowKey lt ${placeRows.end}`
      const entities = await tables.page<Place>(filter, limit)
      return entities.map((entity) => ({
        ...messageOf(entity),
        position: Number(entity.rowKey.slice(placeRows.first.length)),
      }))
    },

    count: () =>
      tables.reach(async (table, options) => {
        let count = 0
        const queryOptions = { filter: places, select: ["RowKey"] }
        for await (const _ of table.listEntities({ ...options, queryOptions })) count++
        return count
      }),

    async countByReason() {
      const counts: Record<string, number> = {}
      await tables.reach(async (table, options) => {
        const queryOptions = { filter: places }
        for await (const place of table.listEntities<Place>({ ...options, queryOptions })) {
          const { reason } = messageOf(place)
          counts[reason] = (counts[reason] ?? 0) + 1
        }
      })
      return counts
    },

    async take(tx, source, eventId) {
      const id = await tables.find<{ position: number }>(PARKED, idRow(source, eventId))
      const place = id && (await tables.find<Place>(PARKED, placeRow(id.position)))
      if (!place) return undefined
      const message = messageOf(place)
      // First, so that the redriven message is new when it comes; the message stays parked until it is sent.
      const handled = inboxKey(source, eventId)
      if (!message.committed)
        await tables.unlessGone((table, options) =>
          table.deleteEntity(handled.partitionKey, handled.rowKey, options),
        )
      recordedBy(tx).push(() =>
        tables.unlessGone((table, options) =>
          table.submitTransaction(
            [
              ["delete", { partitionKey: PARKED, rowKey: id.rowKey as string }],
              ["delete", { partitionKey: PARKED, rowKey: place.rowKey as string }],
            ],
            options,
          ),
        ),
      )
      return message
    },
  }
}
