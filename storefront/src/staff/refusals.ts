/**
 * Refusals that the shop tells by places of a list, counted from 0, in words for whoever sees its rows; by the code of their
 * problem. All others the shop says itself (`detail`).
 */
export const refusals: Readonly<Record<string, string>> = {
  "price.over": "This price ends before it begins, or is over already.",
  "price.overlap":
    "Two prices for the same currency, customer group and quantity hold at one time; one must lie within the other and cost less.",
  "tax-rate.never-valid": "This rate ends before it begins.",
  "tax-rate.overlap": "Two rates for the same state and tax category hold at one time.",
  "tax-rate.past": "This rate is for a time in which another one held, which is over and stays as it was.",
}
