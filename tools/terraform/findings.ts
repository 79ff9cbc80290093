import { checkApiPolicies } from "./api-policies.ts"
import { checkFacts } from "./facts-policy.ts"
import type { Plan } from "./plan.ts"
import { checkBootstrap, checkPlan, type Finding, type PolicyContext } from "./policies.ts"
import { checkReachability } from "./reachability.ts"
import { checkRoutes, type Routes } from "./routes-policy.ts"
import { checkEntities, type Entities } from "./sources-policy.ts"

/** Everything that is wrong with an environment's plan; `entities` and `routes` are the shared files it must equal. */
export const findingsOf = (
  plan: Plan,
  context: PolicyContext,
  { entities, routes }: { entities: Entities; routes: Routes },
): Finding[] => [
  ...checkPlan(plan, context),
  ...checkFacts(plan),
  ...checkReachability(plan),
  ...checkEntities(plan, entities),
  ...checkRoutes(plan, routes),
  ...checkApiPolicies(plan),
]

/** Everything that is wrong with the bootstrap root's plan. */
export const bootstrapFindingsOf = (plan: Plan): Finding[] => [...checkBootstrap(plan), ...checkFacts(plan)]
