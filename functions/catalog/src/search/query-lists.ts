import { AttributeName } from "@eshop/domain/catalog/product"
import * as z from "zod"

/** Values of one list, and attributes, at the most. */
const MAX_VALUES = 50
const MAX_ATTRIBUTES = 10
const MAX_LENGTH = 2_000

/** Splits at a character wherever no backslash stands before it; what is escaped stays so. */
const split = (text: string, at: string): string[] =>
  text.match(new RegExp(`(?:\\\\.|[^\\\\${at}])+`, "gsu")) ?? []

const unescaped = (text: string): string => text.replace(/\\(.)/gsu, "$1").trim()

const valuesOf = (text: string): string[] => split(text, ",").map(unescaped).filter(Boolean)

const list = () => z.string().min(1).max(MAX_LENGTH)

/** Values that are alternatives, as a query string carries them: `Nimbus,Velto`. A backslash lets a comma be one. */
export const valueList = list()
  .transform(valuesOf)
  .pipe(z.array(z.string().max(200)).min(1).max(MAX_VALUES))
  .meta({ override: { type: "string", maxLength: MAX_LENGTH } })

/** Values that attributes may have, as a query string carries them: `colour:Black,White;storage:128 GB`. */
export const attributeList = list()
  .transform((text, context): ReadonlyMap<string, readonly string[]> => {
    const attributes = new Map<string, readonly string[]>()
    for (const part of split(text, ";")) {
      const [name = "", ...rest] = split(part, ":")
      const values = valuesOf(rest.join(":"))
      if (
        !AttributeName.safeParse(name.trim()).success ||
        values.length === 0 ||
        values.length > MAX_VALUES
      ) {
        context.addIssue("Must be like colour:Black,White;storage:128 GB")
        return z.NEVER
      }
      attributes.set(name.trim(), values)
    }
    if (attributes.size <= MAX_ATTRIBUTES && attributes.size > 0) return attributes
    context.addIssue(`Must name one to ${MAX_ATTRIBUTES} attributes`)
    return z.NEVER
  })
  .meta({ override: { type: "string", maxLength: MAX_LENGTH } })
