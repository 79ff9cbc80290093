import { describe, expect, it } from "vitest"
import { evaluate, parametersIn, parseExpression } from "./expression.ts"
import type { Value } from "./value.ts"

const names = {
  parameters: {
    name: "catalog",
    count: 3,
    on: true,
    list: ["a", "b"],
    nested: { Key: { deep: "value" } },
  } as Value,
  variables: { "Build.Reason": "PullRequest" } as Value,
}
const value = (text: string) => evaluate(parseExpression(text), { names })

describe("expressions", () => {
  it.each<[string, Value]>([
    ["'it''s'", "it's"],
    ["-1.5", -1.5],
    ["TRUE", true],
    ["null", null],
    ["parameters.name", "catalog"],
    ["parameters['name']", "catalog"],
    ["parameters.nested.key.DEEP", "value"],
    ["parameters.nested.none", null],
    ["parameters.list[1]", "b"],
    ["variables['build.reason']", "PullRequest"],
    ["variables.unknown", null],
    ["eq(variables.unknown, '')", true],
    ["ne('', variables.unknown)", false],
    ["eq(parameters.name, 'CATALOG')", true],
    ["eq(parameters.count, '3')", true],
    ["eq(true, 'x')", true],
    ["eq(true, '')", false],
    ["ne('a', 'b')", true],
    ["and(true, 1, 'x')", true],
    ["and(true, '')", false],
    ["or(false, 0, '', null)", false],
    ["not('')", true],
    ["in('b', 'a', 'B')", true],
    ["notIn('c', 'a', 'b')", true],
    ["contains('Catalog', 'TALO')", true],
    ["startsWith('refs/heads/main', 'refs/heads')", true],
    ["endsWith('app.yaml', '.YAML')", true],
    ["iif(parameters.on, 'yes', 'no')", "yes"],
    ["join(',', parameters.list)", "a,b"],
    ["upper(lower('aB'))", "AB"],
  ])("%s", (text, expected) => {
    expect(value(text)).toEqual(expected)
  })

  it.each([
    ["eq('a'", '"," or ")" is missing in expression "eq(\'a\'"'],
    ["eq('a' 'b')", '"," or ")" is missing in expression "eq(\'a\' \'b\')"'],
    ["parameters.list[1", '"]" is missing in expression "parameters.list[1"'],
    ["parameters.", 'a name is missing after "." in "parameters."'],
    ["eq('a',", "expression \"eq('a',\" ends too early"],
    ["a b", 'unexpected "b" in expression "a b"'],
    ["a & b", 'unexpected "& b" in expression "a & b"'],
    ["unknown.name", 'unknown name "unknown"'],
    ["parameters.nobody", 'unknown parameter "nobody"'],
    ["resembles('a')", 'unknown function "resembles"'],
    ["eq('a')", "eq takes 2 arguments, not 1"],
    ["and('a')", "and takes at least 2 arguments, not 1"],
    ["upper(parameters.list)", "an object or a list cannot become text: use join"],
    ["succeeded()", 'unknown function "succeeded"'],
  ])("refuses %s", (text, message) => {
    expect(() => value(text)).toThrow(message)
  })

  it("looks at an argument only when it needs it", () => {
    expect(value("or(true, parameters.nobody)")).toBe(true)
    expect(value("and(false, parameters.nobody)")).toBe(false)
    expect(value("iif(true, 'a', parameters.nobody)")).toBe("a")
  })

  it("knows the parameters that are read", () => {
    const text = "and(eq(parameters.a, 'x'), parameters['b'], variables.c, not(parameters.d.e))"
    expect(parametersIn(parseExpression(text))).toEqual(["a", "b", "d"])
  })

  it("asks the status functions where there are some", () => {
    const status = { succeeded: () => false, always: () => true }
    expect(evaluate(parseExpression("or(succeeded(), always())"), { names, status })).toBe(true)
  })
})
