import { describe, expect, it } from "vitest"
import { parseSource } from "./source.ts"
import { readsOf } from "./usage.ts"

const reads = (text: string, decided = {}) =>
  [...readsOf(parseSource("/", "t.yaml", text), decided).keys()].sort()

const template = `
parameters: [{ name: never, type: string, default: "\${{ parameters.no }}" }]
steps:
  - \${{ if in(parameters.publish, 'all', 'build') }}:
      - bash: build
        env: { A: "\${{ parameters.a }}-\${{ parameters.b }}" }
  - \${{ elseif eq(parameters.publish, 'push') }}:
      - bash: push
        \${{ if parameters.c }}:
          env: { D: "\${{ parameters.d }}" }
  - \${{ else }}:
      - bash: other
        env: { E: "\${{ parameters.e }}" }
  - \${{ each x in parameters.list }}:
      - bash: \${{ x }}
`

describe("the parameters that a template reads", () => {
  it("are all of them while nothing is decided", () => {
    expect(reads(template)).toEqual(["a", "b", "c", "d", "e", "list", "publish"])
  })

  it.each([
    ["all", ["a", "b", "list", "publish"]],
    ["push", ["c", "d", "list", "publish"]],
    ["none", ["e", "list", "publish"]],
  ])("are those of the branch that %s leaves", (publish, expected) => {
    expect(reads(template, { publish })).toEqual(expected)
  })
})
