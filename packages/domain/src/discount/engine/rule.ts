import * as z from "zod"
import { RATE_UNIT } from "../../contracts/taxes.ts"
import { CategoryId, CustomerGroup, ProductId, Quantity, Sku } from "../../kernel/ids.ts"
import { translationsOf } from "../../kernel/localised-text.ts"
import { Money } from "../../kernel/money.ts"
import { freeText } from "../../kernel/text.ts"

const Amount = z.strictObject({ ...Money.shape, amount: Money.shape.amount.min(1) })

/** Of what is taken off: 100000 is all of it. */
const Share = z.int().min(1).max(RATE_UNIT).describe("Thousandths of a percent: 10000 is 10 %")

const ids = <T extends z.ZodType>(id: T) => z.array(id).min(1).max(100).optional()

/** A choice of lines: those whose category, product or variant is named. */
export const Scope = z
  .strictObject({
    categories: ids(CategoryId).describe("With all that lies under them"),
    products: ids(ProductId),
    skus: ids(Sku),
  })
  .refine(({ categories, products, skus }) => categories || products || skus, {
    error: "Name categories, products or SKUs",
  })
export type Scope = z.infer<typeof Scope>

export const Effect = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("percentage"), rate: Share }).describe("A share of each line"),
  z
    .strictObject({ kind: z.literal("amount"), amount: Amount })
    .describe("Once, shared over the lines by what is left of each"),
  z.strictObject({ kind: z.literal("amount-per-unit"), amount: Amount }).describe("For each unit"),
  z
    .strictObject({
      kind: z.literal("buy-x-get-y"),
      buy: Quantity,
      get: Quantity,
      rate: Share,
      of: Scope.optional().describe("What is got; absent: the cheapest of what is bought"),
    })
    .describe("For every `buy` units the `get` cheapest are free (rate 100000), or by so much cheaper"),
  z.strictObject({ kind: z.literal("free-shipping") }),
])
export type Effect = z.infer<typeof Effect>

/** All of them must be met. */
export const Conditions = z.strictObject({
  minimumOrderValue: Amount.optional().describe("Of all lines, before any discount, without shipping"),
  minimumQuantity: Quantity.optional().describe("Units in the scope"),
  firstOrderOnly: z.literal(true).optional().describe("The customer has not paid an order yet"),
  customerGroups: z
    .array(CustomerGroup)
    .min(1)
    .max(20)
    .optional()
    .describe("The customer is in one of these"),
})

/** How a rule gets along with the others. */
export const Stacking = z.strictObject({
  sortOrder: z.int().min(0).max(1_000_000).describe("Its turn within its class; no two rules have the same"),
  combines: z
    .boolean()
    .describe("Whether a line may have another product discount besides; both rules must say so"),
  group: z
    .string()
    .regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/)
    .max(40)
    .optional()
    .describe("Of the rules of a class that name the same group, only the one that takes off most applies"),
  stops: z.boolean().describe("Once it has applied, no rule that comes later does"),
})

const shape = {
  name: freeText(200).describe("What a customer reads beside the discount"),
  translations: translationsOf(freeText(200)).optional().describe("The name in other languages than English"),
  enabled: z.boolean(),
  validFrom: z.iso.datetime().optional().describe("Inclusive, to the millisecond"),
  validUntil: z.iso.datetime().optional().describe("Exclusive, to the millisecond"),
  scope: Scope.optional().describe("Absent: the whole order"),
  conditions: Conditions.optional(),
  effect: Effect,
  stacking: Stacking,
}

/** Members of {@link Rule}, for what is more than a rule: a promotion, a coupon. */
export const ruleShape = shape

type Window = { readonly validFrom?: string | undefined; readonly validUntil?: string | undefined }

/** Refuses a rule that could never be valid. */
export const beginsBeforeItEnds = ({ validFrom, validUntil }: Window): boolean =>
  !validFrom || !validUntil || Date.parse(validFrom) < Date.parse(validUntil)
export const neverValid = { path: ["validUntil"], error: "Must be after validFrom" }

/** What a promotion and a coupon have in common: under these conditions, this effect. */
export const Rule = z.strictObject(shape).refine(beginsBeforeItEnds, neverValid)
export type Rule = z.infer<typeof Rule>

/** Product discounts come first, then those of the order, then those of the shipping. */
export const ruleClasses = ["product", "order", "shipping"] as const
export type RuleClass = (typeof ruleClasses)[number]

/** A rule takes off single lines when it is about some lines or about units, and off the order otherwise. */
export function classOf({ effect, scope }: Pick<Rule, "effect" | "scope">): RuleClass {
  if (effect.kind === "free-shipping") return "shipping"
  const isOfUnits = effect.kind === "amount-per-unit" || effect.kind === "buy-x-get-y"
  return scope || isOfUnits ? "product" : "order"
}
