import { useCase } from "@eshop/building-blocks/app/use-case"
import type { Audit } from "@eshop/building-blocks/audit/audit"
import { LocationId } from "@eshop/domain/kernel/ids"
import { defineRefusal } from "@eshop/domain/kernel/refusal"
import * as z from "zod"
import type { Stock } from "./ports.ts"

export const locationUnknown = defineRefusal(
  "location.unknown",
  "not-found",
  "There is no such stock location.",
)

/** A list of them is bounded by this. */
const MOST_LOCATIONS = 100

export const locationLimit = defineRefusal(
  "location.limit",
  "conflict",
  "There are as many stock locations as there can be.",
  z.object({ most: z.int() }),
)

const Location = z.strictObject({
  id: LocationId,
  priority: z.int().min(0).max(10_000).describe("An order is served from the lowest on"),
})

/** Where stock lies, in the order in which orders are served. */
export const listLocations = useCase("catalog.list-stock-locations", {
  input: z.strictObject({}),
  result: z.strictObject({ items: z.array(Location) }),
  handle:
    ({ stock }: { stock: Stock }) =>
    async () => ({ items: [...(await stock.locations())] }),
})

/** Adds a location, or gives it another place in the order. */
export const putLocation = useCase("catalog.put-stock-location", {
  input: Location,
  result: Location,
  refusals: [locationLimit],
  handle:
    ({ stock, audit }: { stock: Stock; audit: Audit }) =>
    (location, call) =>
      call.transact(async (tx) => {
        if (!(await stock.putLocation(tx, location, MOST_LOCATIONS)))
          return locationLimit({ most: MOST_LOCATIONS })
        const { id, priority } = location
        await audit.add(tx, call, [
          { subject: `stock-location ${id}`, action: "stock-location.put", change: { priority } },
        ])
        return location
      }),
})
