import { checkApiPolicies } from "./api-policies.ts"
import type { Plan } from "./plan.ts"
import { checkPlan, type Finding, type PolicyContext } from "./policies.ts"
import { checkReachability } from "./reachability.ts"
import { checkEntities, checkRoutes, type Entities, type Routes } from "./sources-policy.ts"

/** Everything that is wrong with an environment's plan; `entities` and `routes` are the shared files it must equal. */
export const findingsOf = (
  plan: Plan,
  context: PolicyContext,
  { entities, routes }: { entities: Entities; routes: Routes },
): Finding[] => [
  ...checkPlan(plan, context),
  ...checkReachability(plan),
  ...checkEntities(plan, entities),
  ...checkRoutes(plan, routes),
  ...checkApiPolicies(plan),
]
