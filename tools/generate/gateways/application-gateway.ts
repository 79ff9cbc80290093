import type { PublishedRoute } from "../route-table.ts"
import { injections, type Misfit, overlooks, type Prose } from "./firewall.ts"
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
  const all = Map.groupBy(prose, (member) => {
    const { operator, selector } = exclusionOf(member)
    return `${operator} ${selector}`
  })
  const exclusions = [...all.values()].flatMap((members) => {
    const exclusion = exclusionOf(members[0] as Prose)
    const { operator, selector } = exclusion
    // What starts with the name includes the name itself.
    if (operator === "Equals" && all.has(`StartsWith ${selector}`)) return []
    const rules = misfits.filter((misfit) => members.some((member) => overlooks(misfit, member)))
    const groups = Map.groupBy(rules, ({ group }) => group)
    const groupsOf = [...groups].map(([group, ofGroup]) => ({
      group,
      rules: ofGroup.map(({ rule }) => rule),
    }))
    return groupsOf.length === 0 ? [] : [{ ...exclusion, groups: groupsOf }]
  })
  return {
    $comment: "Generated from the apps by npm run generate",
    pathRules: services.map(({ name, prefix }) => ({ name, paths: [prefix, `${prefix}/*`] })),
    maxBodyBytes: Math.max(...routes.map(({ maxBodyBytes }) => maxBodyBytes)),
    exclusions,
    refusedBodies: injections,
  }
}
