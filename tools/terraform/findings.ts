import { checkApiPolicies } from "./api-policies.ts"
import { checkFacts } from "./facts-policy.ts"
import type { Plan } from "./plan.ts"
import { checkBootstrap, checkPlan, type Finding, type PolicyContext } from "./policies.ts"
import { checkReachability } from "./reachability.ts"
import { checkRoutes, type Routes } from "./routes-policy.ts"
import { checkEntities, type Entities } from "./sources-policy.ts"
import { checkStorefront, type Storefront } from "./storefront-policy.ts"

/** What an environment's plan has to equal: files that the local stand-ins read as well. */
type Sources = { entities: Entities; routes: Routes; storefront: Storefront }

/** Everything that is wrong with an environment's plan. */
export const findingsOf = (
  plan: Plan,
  context: PolicyContext,
  { entities, routes, storefront }: Sources,
): Finding[] => [
  ...checkPlan(plan, context),
  ...checkFacts(plan),
  ...checkReachability(plan),
  ...checkEntities(plan, entities),
  ...checkRoutes(plan, routes),
  ...checkApiPolicies(plan),
  ...checkStorefront(plan, storefront, context.environment),
]

/** Everything that is wrong with the bootstrap root's plan. */
export const bootstrapFindingsOf = (plan: Plan): Finding[] => [...checkBootstrap(plan), ...checkFacts(plan)]
