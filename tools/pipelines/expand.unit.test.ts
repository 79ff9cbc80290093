// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is the syntax of Azure Pipelines
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import * as fc from "fast-check"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { stringify } from "yaml"
import { type ExpandOptions, expandFile } from "./expand.ts"

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "eshop-expand-"))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

function write(file: string, text: string): void {
  mkdirSync(dirname(join(root, file)), { recursive: true })
  writeFileSync(join(root, file), text)
}

function expand(text: string, options: ExpandOptions = {}) {
  write("main.yaml", text)
  return expandFile(root, "main.yaml", options)
}

describe("expansion", () => {
  it("leaves macros, runtime expressions and scalars as they are", () => {
    expect(expand("steps:\n- bash: echo $(x) $[ y ]\n  timeoutInMinutes: 1.10\n  enabled: on\n")).toEqual({
      steps: [{ bash: "echo $(x) $[ y ]", timeoutInMinutes: "1.10", enabled: "on" }],
    })
  })

  it("leaves every document without expressions as it is", () => {
    const text = fc.string().filter((value) => !value.includes("${{"))
    const key = fc
      .stringMatching(/^[a-z]{1,8}$/)
      .filter((name) => !["template", "parameters", "extends"].includes(name))
    const { tree } = fc.letrec((tie) => ({
      // An empty entry of a list is left out, as an expression that comes to nothing is.
      tree: fc.oneof(
        { maxDepth: 3 },
        text.filter((value) => value !== ""),
        tie("list"),
        tie("map"),
      ),
      list: fc.array(
        fc.oneof(
          text.filter((value) => value !== ""),
          tie("map"),
        ),
        { maxLength: 4 },
      ),
      map: fc.dictionary(key, tie("tree"), { minKeys: 1, maxKeys: 4, noNullPrototype: true }),
    }))
    fc.assert(
      fc.property(fc.dictionary(key, tree, { maxKeys: 4, noNullPrototype: true }), (document) => {
        expect(expand(stringify(document, { schema: "failsafe" }))).toEqual(document)
      }),
    )
  })

  it("gives parameters their type, their default and their text", () => {
    const text = `
parameters:
  - { name: text, type: string, default: "1.10" }
  - { name: count, type: number, default: 2 }
  - { name: on, type: boolean, default: true }
  - { name: list, type: object, default: [a, b] }
steps:
  - bash: \${{ parameters.text }} \${{ parameters.count }} \${{ parameters.on }}
    env: { COUNT: "\${{ parameters.count }}", LIST: "\${{ join('+', parameters.list) }}" }
`
    expect(expand(text, { parameters: { count: "3" } })).toEqual({
      steps: [{ bash: "1.10 3 True", env: { COUNT: 3, LIST: "a+b" } }],
    })
  })

  it.each([
    ["a", "first"],
    ["b", "second"],
    ["c", "third"],
  ])("takes one branch of if, elseif and else: %s", (value, expected) => {
    const text = `
parameters: [{ name: p, type: string }]
pool:
  \${{ if eq(parameters.p, 'a') }}:
    name: first
  \${{ elseif eq(parameters.p, 'b') }}:
    name: second
  \${{ else }}:
    name: third
steps:
  - \${{ if eq(parameters.p, 'a') }}:
      - bash: first
  - \${{ elseif eq(parameters.p, 'b') }}:
      - bash: second
  - \${{ else }}:
      - bash: third
  - bash: always
`
    expect(expand(text, { parameters: { p: value } })).toEqual({
      pool: { name: expected },
      steps: [{ bash: expected }, { bash: "always" }],
    })
  })

  it("repeats for each element of a list and each property of an object", () => {
    const text = `
parameters:
  - { name: apps, type: object, default: [{ name: a, ports: [1, 2] }, { name: b, ports: [] }] }
  - { name: env, type: object, default: { X: 1, Y: 2 } }
steps:
  - \${{ each app in parameters.apps }}:
      - \${{ each port in app.ports }}:
          - bash: \${{ app.name }}:\${{ port }}
  - bash: env
    env:
      \${{ each pair in parameters.env }}:
        P_\${{ pair.key }}: \${{ pair.value }}
`
    expect(expand(text)).toEqual({
      steps: [{ bash: "a:1" }, { bash: "a:2" }, { bash: "env", env: { P_X: "1", P_Y: "2" } }],
    })
  })

  it("inserts a mapping and splices lists", () => {
    const text = `
parameters:
  - { name: more, type: object, default: { B: 2 } }
  - { name: before, type: stepList, default: [{ bash: one }, { bash: two }] }
steps:
  - \${{ parameters.before }}
  - \${{ each step in parameters.before }}:
      - \${{ step }}
  - bash: three
    env:
      A: 1
      \${{ insert }}: \${{ parameters.more }}
`
    expect(expand(text)).toEqual({
      steps: [
        { bash: "one" },
        { bash: "two" },
        { bash: "one" },
        { bash: "two" },
        { bash: "three", env: { A: "1", B: "2" } },
      ],
    })
  })

  it("includes templates: beside the file, from the root, and in a list of steps that is passed on", () => {
    write(
      "templates/job.yaml",
      "parameters: [{ name: steps, type: stepList }]\njobs:\n- job: j\n  steps:\n  - template: inner.yaml\n  - ${{ parameters.steps }}\n",
    )
    write("templates/inner.yaml", "steps:\n- bash: inner\n")
    write(
      "steps.yaml",
      "parameters: [{ name: text, type: string }]\nsteps:\n- bash: ${{ parameters.text }}\n",
    )
    const text = `
parameters: [{ name: what, type: string, default: passed }]
jobs:
  - template: templates/job.yaml
    parameters:
      steps:
        - template: /steps.yaml@self
          parameters: { text: "\${{ parameters.what }}" }
`
    expect(expand(text)).toEqual({ jobs: [{ job: "j", steps: [{ bash: "inner" }, { bash: "passed" }] }] })
  })

  it("finds the template that an expression names", () => {
    write("a-all.yaml", "steps:\n- bash: all\n")
    const text =
      "parameters: [{ name: v, type: string, default: all }]\nsteps:\n- template: a-${{ parameters.v }}.yaml\n"
    expect(expand(text)).toEqual({ steps: [{ bash: "all" }] })
  })

  it("extends a template and keeps what stands beside it", () => {
    write("base.yaml", "parameters: [{ name: n, type: string }]\nstages:\n- stage: ${{ parameters.n }}\n")
    expect(
      expand("name: run\ntrigger: none\nextends:\n  template: base.yaml\n  parameters: { n: one }\n"),
    ).toEqual({
      name: "run",
      trigger: "none",
      stages: [{ stage: "one" }],
    })
  })

  it("reads variables that are known before the run", () => {
    const text = "steps:\n- ${{ if eq(variables['Build.Reason'], 'PullRequest') }}:\n  - bash: pr\n"
    expect(expand(text, { variables: { "Build.Reason": "PullRequest" } })).toEqual({
      steps: [{ bash: "pr" }],
    })
    expect(expand(text)).toEqual({ steps: [] })
  })

  it.each([
    ["an unknown template", "steps:\n- template: none.yaml\n", "main.yaml:2: unknown template none.yaml"],
    [
      "another repository",
      "steps:\n- template: a.yaml@other\n",
      "main.yaml:2: template a.yaml@other is in another repository",
    ],
    [
      "an unknown parameter",
      "steps:\n- bash: x\n- bash: ${{ parameters.no }}\n",
      'main.yaml:3: unknown parameter "no"',
    ],
    [
      "a parameter that the template does not have",
      "steps:\n- template: t.yaml\n  parameters:\n    a: 1\n    b: 2\n",
      'main.yaml:5: t.yaml has no parameter "b"',
    ],
    [
      "a missing parameter",
      "steps:\n- bash: x\n- template: t.yaml\n",
      'main.yaml:3: parameter "a" of t.yaml is missing',
    ],
    [
      "a wrong type",
      "steps:\n- template: t.yaml\n  parameters:\n    a: many\n",
      'main.yaml:4: parameter "a" must be of type number, not "many"',
    ],
    [
      "a list for a number",
      "steps:\n- template: t.yaml\n  parameters:\n    a: [1]\n",
      'main.yaml:4: parameter "a" must be of type number, not a list',
    ],
    [
      "a value that is not allowed",
      "parameters:\n- name: p\n  type: string\n  default: c\n  values: [a, b]\nsteps: []\n",
      'main.yaml:2: parameter "p" must be one of a, b, not "c"',
    ],
    [
      "an unknown type",
      "parameters:\n- name: p\n  type: txt\nsteps: []\n",
      'main.yaml:3: parameter "p" has the unknown type "txt"',
    ],
    [
      "an unknown key of a parameter",
      "parameters:\n- name: p\n  typ: string\nsteps: []\n",
      'main.yaml:3: a parameter has no "typ"',
    ],
    [
      "else without if",
      "steps:\n- bash: x\n- ${{ else }}:\n  - bash: y\n",
      'main.yaml:3: "else" without "if"',
    ],
    [
      "each without in",
      "steps:\n- ${{ each x }}:\n  - bash: y\n",
      'main.yaml:2: "each" needs "<name> in <list>", not "x"',
    ],
    [
      "a broken expression",
      "steps:\n- bash: ${{ eq('a' }}\n",
      'main.yaml:2: "," or ")" is missing in expression "eq(\'a\'"',
    ],
    ["an anchor's alias", "a: &x 1\nb: *x\n", "main.yaml:2: Azure Pipelines knows no anchors and aliases"],
    [
      "a key that is there twice",
      "steps:\n- bash: x\n  ${{ insert }}: { bash: y }\n",
      'main.yaml:3: "bash" is there twice',
    ],
    [
      "something beside template",
      "steps:\n- template: t.yaml\n  displayName: x\n",
      'main.yaml:3: "displayName" cannot stand beside "template"',
    ],
    [
      "templates without end",
      "steps:\n- template: loop.yaml\n",
      "loop.yaml:2: templates include each other without end",
    ],
    [
      "no YAML",
      "steps:\n- bash: [\n",
      "main.yaml:3: Flow sequence in block collection must be sufficiently indented and end with a ]",
    ],
  ])("names file and line of %s", (_, text, message) => {
    write("t.yaml", "parameters: [{ name: a, type: number }]\nsteps:\n- bash: ${{ parameters.a }}\n")
    write("loop.yaml", "steps:\n- template: loop.yaml\n")
    expect(() => expand(text)).toThrow(message)
  })
})
