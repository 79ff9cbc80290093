/** The clocks of two apps may differ by so much. */
const CLOCKS_DIFFER_MS = 10 * 60_000

const UUIDV7 = "7"

/** The moment that a UUIDv7 was made (RFC 9562 section 5.7), in milliseconds; undefined for another kind of id. */
export const madeAt = (id: string): number | undefined =>
  id[14] === UUIDV7 ? Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16) : undefined

/** How a UUIDv7 begins that is made at a moment: those that were made before come before it, as texts. */
export function idsFrom(moment: Date): string {
  const time = moment.getTime().toString(16).padStart(12, "0")
  return `${time.slice(0, 8)}-${time.slice(8)}`
}

/** The end of what was made by a moment, whichever app's clock said when. */
export const latestBy = (moment: Date): Date => new Date(moment.getTime() + CLOCKS_DIFFER_MS)
