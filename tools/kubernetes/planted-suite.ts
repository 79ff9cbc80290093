import { beforeAll, expect, it } from "vitest"
import { checkCluster } from "./gitops-check.ts"
import { type Environment, environments } from "./helm.ts"
import { type Plant, planted } from "./planted.ts"

/** Mistakes, each with where it is planted and every problem that it must cause. */
export type Mistakes = [name: string, Environment, Plant, problems: readonly string[]][]

/** Suite: the check of a cluster finds each of the mistakes, and nothing else. */
export function findsPlanted(mistakes: Mistakes): void {
  // All mistakes of a cluster lie in one copy, because building a cluster is what takes the time.
  const found = new Map<Environment, string[]>()
  const of = (environment: Environment) => mistakes.filter(([, planted]) => planted === environment)
  beforeAll(() => {
    for (const environment of environments) {
      const copy = planted(...of(environment).map(([, , plant]) => plant))
      found.set(environment, checkCluster(copy, environment).problems)
    }
  })

  it.each(mistakes)("%s", (_, environment, __, problems) => {
    const told = found.get(environment)?.filter((problem) => problems.includes(problem))
    expect(told?.sort()).toEqual(problems.toSorted())
  })

  it.each([...environments])("nothing else in %s", (environment) => {
    const expected = of(environment).flatMap(([, , , problems]) => problems)
    expect(found.get(environment)?.filter((problem) => !expected.includes(problem))).toEqual([])
  })
}
