import { describe, expect, it } from "vitest"
import type { Plan } from "../terraform/plan.ts"
import { versionProblems } from "./cross-checks.ts"

const planned = (kubernetes: string, flux: string | null): Plan => {
  const resource = (type: string, values: object) =>
    ({ address: type, mode: "managed", type, values: { ...values } }) as const
  return {
    configuration: { provider_config: { azurerm: { expressions: {} } } },
    planned_values: {
      root_module: {
        resources: [
          resource("azurerm_kubernetes_cluster", { kubernetes_version: kubernetes }),
          resource("azurerm_kubernetes_cluster_extension", { version: flux }),
        ],
      },
    },
  }
}

describe("versionProblems", () => {
  it.each([
    ["1.36", null],
    ["1.37", "1.23.0"],
    ["1.36", "2.0.0"],
  ])("accepts Kubernetes %s and the Flux extension %s", (kubernetes, flux) => {
    expect(versionProblems(planned(kubernetes, flux))).toEqual([])
  })

  it.each([
    ["1.33", "2026-07-31"],
    ["1.35", "2027-03-31"],
    ["1.99", "unknown"],
  ])("refuses Kubernetes %s", (kubernetes, end) => {
    expect(versionProblems(planned(kubernetes, null))).toEqual([
      `Kubernetes ${kubernetes}: end of life ${end}, as of 2026-11-25 too early for a new cluster`,
    ])
  })

  it("refuses a Flux extension without Flux 2.7", () => {
    expect(versionProblems(planned("1.36", "1.22.2"))).toEqual([
      "the Flux extension is pinned to 1.22.2: the tree needs 1.23.0",
    ])
  })
})
