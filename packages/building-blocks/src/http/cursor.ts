import * as z from "zod"

/** Longer than any cursor that is given out: positions are bounded texts, times and ids. */
const MAX_LENGTH = 4_096

/** Cursors of one list: opaque to clients, checked when they come back. */
export type Cursor<Position extends z.ZodType> = {
  /** Takes a cursor of this list; any other text is refused. */
  readonly schema: z.ZodType<z.output<Position>, string>
  /** The cursor of the page that begins after this position. */
  encode(position: z.input<Position>): string
}

/**
 * Declares the cursors of a list.
 * @param list names the list, so that a cursor of another one is refused
 * @param position schema of where a page begins; its bounds keep hostile values from the store
 */
export function cursorOf<Position extends z.ZodType>(list: string, position: Position): Cursor<Position> {
  const Content = z.tuple([z.literal(list), position])
  return {
    schema: z
      .string()
      .max(MAX_LENGTH)
      .regex(/^[\w-]+$/)
      .transform((text, context): z.output<Position> => {
        const decoded = Content.safeParse(parseJson(Buffer.from(text, "base64url").toString()))
        if (decoded.success) return decoded.data[1] as z.output<Position>
        context.addIssue("Not a cursor that this list gave out")
        return z.NEVER
      })
      .describe("`nextCursor` of the page before"),
    encode: (at) => Buffer.from(JSON.stringify([list, at])).toString("base64url"),
  }
}

/** An instant as a cursor may carry it: years that every store knows. */
export const CursorInstant = z.iso.datetime().regex(/^(19|20|21)\d\d-/)

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
