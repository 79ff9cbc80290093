import type { PublishedRoute } from "../route-table.ts"
import type { Misfit, Prose } from "./firewall.ts"
import type { Gateway } from "./gateway.ts"

/** A part of requests whose values some rules do not look at. */
type Exclusion = {
  readonly operator: "Equals" | "StartsWith" | "EndsWith" | "Contains"
  readonly selector: string
}

const isName = (segment: string): boolean => segment !== "*" && segment !== "[]"

/**
 * A selector has no wildcards, so a name between two of them is looked for anywhere. How the firewall writes the names of
 * nested members is not documented: with dots is an assumption.
 */
function exclusionOf({ path }: Prose): Exclusion {
  const lastName = path.findLastIndex(isName)
  const wildBefore = path.slice(0, lastName).findLastIndex((segment) => !isName(segment))
  const selector = path.slice(wildBefore + 1, lastName + 1).join(".")
  const isOpen = lastName < path.length - 1
  if (wildBefore < 0) return isOpen ? { operator: "StartsWith", selector } : { operator: "Equals", selector }
  return isOpen
    ? { operator: "Contains", selector: `.${selector}.` }
    : { operator: "EndsWith", selector: `.${selector}` }
}

/** The path map of Application Gateway and the exclusions of its firewall, as data for Terraform. */
export function applicationGateway(
  routes: readonly PublishedRoute[],
  { services }: Gateway,
  prose: readonly Prose[],
  misfits: readonly Misfit[],
): object {
  const all = new Map(
    prose.map(exclusionOf).map((exclusion) => [`${exclusion.operator} ${exclusion.selector}`, exclusion]),
  )
  const exclusions = [...all.values()].filter(
    ({ operator, selector }) => operator !== "Equals" || !all.has(`StartsWith ${selector}`),
  )
  const groups = Map.groupBy(misfits, ({ group }) => group)
  return {
    $comment: "Generated from the apps by npm run generate",
    pathRules: services.map(({ name, prefix }) => ({ name, paths: [prefix, `${prefix}/*`] })),
    maxBodyBytes: Math.max(...routes.map(({ maxBodyBytes }) => maxBodyBytes)),
    exclusions: misfits.length === 0 ? [] : exclusions,
    excludedRules: [...groups].map(([group, ofGroup]) => ({
      group,
      rules: ofGroup.map(({ rule }) => rule),
    })),
  }
}
