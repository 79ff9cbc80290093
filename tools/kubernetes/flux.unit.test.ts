// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Flux's variables are written so
import { describe, expect, it } from "vitest"
import { cycleProblems, substitute } from "./flux.ts"
import type { Manifest } from "./manifests.ts"

describe("substitute", () => {
  it("replaces variables, takes defaults and reports what is left", () => {
    const { text, used, undefinedNames } = substitute("a: ${one}-${two:=2}-${three:-3} ${missing}", {
      one: "1",
    })
    expect(text).toBe("a: 1-2-3 ${missing}")
    expect([...used]).toEqual(["one", "two", "three", "missing"])
    expect([...undefinedNames]).toEqual(["missing"])
  })

  it("lets a value win over the default, even an empty one", () => {
    expect(substitute("${a:=x}${b:=y}", { a: "1", b: "" }).text).toBe("1")
  })

  it("leaves escaped variables, capture groups and shell variables alone", () => {
    const { text, used } = substitute("$${HOME} /$2 $HOME", { HOME: "x" })
    expect(text).toBe("${HOME} /$2 $HOME")
    expect(used.size).toBe(0)
  })
})

const waiting = (name: string, ...dependsOn: string[]): Manifest => ({
  apiVersion: "kustomize.toolkit.fluxcd.io/v1",
  kind: "Kustomization",
  metadata: { name, namespace: "flux-system" },
  spec: { dependsOn: dependsOn.map((dependency) => ({ name: dependency })) },
})

describe("cycleProblems", () => {
  it("accepts a diamond", () => {
    expect(
      cycleProblems([waiting("a", "b", "c"), waiting("b", "d"), waiting("c", "d"), waiting("d")]),
    ).toEqual([])
  })

  it("names everyone in the ring and nobody outside", () => {
    expect(cycleProblems([waiting("a", "b"), waiting("b", "c"), waiting("c", "b")])).toEqual([
      "Kustomization flux-system/b: dependsOn leads back to itself",
      "Kustomization flux-system/c: dependsOn leads back to itself",
    ])
  })
})
