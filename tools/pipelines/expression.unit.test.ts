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
    ["eq(parameters.name, 'CATALOG')", true],
    ["eq(parameters.count, '3')", true],
    ["eq(true, 'x')", true],
    ["eq(true, '')", false],
    ["ne('a', 'b')", true],
    ["and(true, 1, 'x')", true],
    ["and(true, '')", false],
    ["or(false, 0, '', null)", false],
    ["not('')", true],
    ["xor(true, false)", true],
    ["in('b', 'a', 'B')", true],
    ["notIn('c', 'a', 'b')", true],
    ["gt(2, 1)", true],
    ["le('2', 2)", true],
    ["lt('a', 'B')", true],
    ["ge(1, 2)", false],
    ["contains('Catalog', 'TALO')", true],
    ["containsValue(parameters.list, 'B')", true],
    ["startsWith('refs/heads/main', 'refs/heads')", true],
    ["endsWith('app.yaml', '.YAML')", true],
    ["coalesce('', null, 'x', 'y')", "x"],
    ["iif(parameters.on, 'yes', 'no')", "yes"],
    ["format('{0}-{1}-{{0}}', 'a', 2)", "a-2-{0}"],
    ["format('{0}', parameters.on)", "True"],
    ["join(',', parameters.list)", "a,b"],
    ["split('a,b', ',')", ["a", "b"]],
    ["replace('a-b-c', '-', '.')", "a.b.c"],
    ["upper(lower('aB'))", "AB"],
    ["trim('  x ')", "x"],
    ["length(parameters.list)", 2],
    ["length('four')", 4],
    ["convertToJson(parameters.list)", '[\n  "a",\n  "b"\n]'],
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
    ["format('{1}', 'a')", "format has no value {1}"],
    ["upper(parameters.list)", "an object or a list cannot become text: use convertToJson or join"],
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
