import fc from "fast-check"
import { describe, expect, test } from "vitest"
import type { MessageProperties } from "../message/edit.ts"
import type { Truth } from "./sql-evaluate.ts"
import { compileFilter } from "./sql-filter.ts"

const message: MessageProperties = {
  system: {
    subject: "order-paid",
    messageId: "m",
    groupId: "s",
    contentType: "application/json",
    to: "here",
  },
  application: new Map<string, unknown>([
    ["text", "it's 100%_done"],
    ["Whole", 7n],
    ["fraction", 2.5],
    ["flag", true],
    ["nothing", null],
    ["when", new Date(0)],
    ["Property With ] Space", "x"],
    ["contoso & co", "y"],
    ["numeric text", "7"],
  ]),
}
const evaluate = (expression: string): Truth => compileFilter(expression)(message)

describe("values", () => {
  test.each<[string, Truth]>([
    ["Whole = 7", true],
    ["whole = 7.0", true],
    ["user.WHOLE <> 7", false],
    ["Whole / 2 = 3", true],
    ["Whole / 2.0 = 3.5", true],
    ["Whole % 4 = 3", true],
    ["-Whole + 8 * 2 = 9", true],
    ["(1 + 2) * 3 = 9", true],
    ["2 + 3 * 4 - 1 = 13", true],
    ["10 - 2 - 3 = 5", true],
    ["fraction >= 25e-1", true],
    ["fraction < .5", false],
    ["9223372036854775807 + 1 < 0", true],
    ["flag = TRUE", true],
    ["flag != false", true],
    ["text = 'it''s 100%_done'", true],
    ["text + '!' = 'it''s 100%_done!'", true],
    ["text > 'a'", true],
    ["'a' < 'B'", false],
    ["sys.Label = 'order-paid'", true],
    ["SYS.label = 'ORDER-PAID'", false],
    ["sys.Subject = sys.label", true],
    ["sys.SessionId = 's' AND sys.MessageId = 'm' AND sys.To = 'here'", true],
    ["sys.CorrelationId IS NULL", true],
    ["sys.ContentType IS NOT NULL", true],
    ["[Property With ]] Space] = 'x'", true],
    ["\"contoso & co\" = 'y'", true],
    ["property('Who' + 'le') = 7", true],
    ["p('absent') = 7", undefined],
    ["newid() <> newid()", true],
    ["[numeric text] = 7", undefined],
    ["flag > 0", undefined],
    ["when = when", true],
  ])("%s is %s", (expression, expected) => {
    expect(evaluate(expression)).toBe(expected)
  })
})

describe("the filter of a subscription", () => {
  const accepts = compileFilter(
    "sys.Label IN ('order-paid', 'order-created') AND ([redrive-to] IS NULL OR [redrive-to] = 'catalog')",
  )
  const redrivenTo = (context: unknown): MessageProperties => ({
    ...message,
    application: new Map([["redrive-to", context]]),
  })
  test("lets in an event of the list, and of the redriven ones those for this context", () => {
    expect(accepts(message)).toBe(true)
    expect(accepts(redrivenTo("catalog"))).toBe(true)
    expect(accepts(redrivenTo("basket"))).toBe(false)
    expect(accepts({ ...message, system: { ...message.system, subject: "order-cancelled" } })).toBe(false)
  })
})

describe("unknown values", () => {
  test.each<[string, Truth]>([
    ["absent = 1", undefined],
    ["NOT absent = 1", undefined],
    ["absent <> 1", undefined],
    ["absent + 1 = 1", undefined],
    ["-absent = 1", undefined],
    ["absent LIKE '%'", undefined],
    ["absent NOT LIKE '%'", undefined],
    ["absent IN (1)", undefined],
    ["Whole IN (1, NULL)", undefined],
    ["Whole IN (7, NULL)", true],
    ["Whole NOT IN (1, NULL)", undefined],
    ["Whole = NULL", undefined],
    ["absent IS NULL", true],
    ["nothing IS NULL", true],
    ["nothing IS NOT NULL", false],
    ["EXISTS(nothing)", true],
    ["EXISTS(absent)", false],
    ["NOT EXISTS (Whole)", false],
    ["EXISTS(sys.CorrelationId)", false],
    ["EXISTS(sys.Label)", true],
    ["absent = 1 OR 1 = 1", true],
    ["absent = 1 AND 1 = 2", false],
    ["absent = 1 OR 1 = 2", undefined],
    ["absent = 1 AND 1 = 1", undefined],
  ])("%s is %s", (expression, expected) => {
    expect(evaluate(expression)).toBe(expected)
  })
})

describe("patterns and lists", () => {
  test.each<[string, Truth]>([
    ["text LIKE 'it%'", true],
    ["text LIKE 'it''s ___!%!_done' ESCAPE '!'", true],
    ["text LIKE '%100\\%%' ESCAPE '\\'", true],
    ["text LIKE 'IT%'", false],
    ["text LIKE '____'", false],
    ["text NOT LIKE '%x'", true],
    ["sys.Label LIKE 'order-%'", true],
    ["sys.Label LIKE 'order.%'", false],
    ["Whole IN (1, 7.0, 'x')", true],
    ["sys.Label NOT IN ('a', 'b')", true],
    ["Whole LIKE '7'", undefined],
  ])("%s is %s", (expression, expected) => {
    expect(evaluate(expression)).toBe(expected)
  })

  test("LIKE with every character escaped matches exactly that text", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (pattern, text) => {
        const escaped = [...pattern].map((character) => `~${character}`).join("")
        const filter = compileFilter(`t LIKE '${escaped.replaceAll("'", "''")}' ESCAPE '~'`)
        const on = (value: string) => filter({ system: {}, application: new Map([["t", value]]) })
        expect(on(pattern)).toBe(true)
        expect(on(text)).toBe(text === pattern)
      }),
    )
  })
})

describe("precedence", () => {
  test.each<[string, Truth]>([
    ["1 = 1 OR 1 = 2 AND 1 = 2", true],
    ["(1 = 1 OR 1 = 2) AND 1 = 2", false],
    ["NOT 1 = 2 AND 1 = 1", true],
    ["NOT (1 = 2 AND 1 = 1)", true],
    ["NOT NOT 1 = 1", true],
  ])("%s is %s", (expression, expected) => {
    expect(evaluate(expression)).toBe(expected)
  })

  // Random formulas over T, F and U against Kleene's truth tables, written with as few brackets as the grammar needs.
  type Formula = { text: string; level: number; value: Truth }
  const atoms: Formula[] = [
    { text: "1 = 1", level: 3, value: true },
    { text: "1 = 2", level: 3, value: false },
    { text: "absent = 1", level: 3, value: undefined },
  ]
  const bracketed = (formula: Formula, level: number) =>
    formula.level < level ? `(${formula.text})` : formula.text
  const rank = (value: Truth) => (value === undefined ? 1 : value ? 2 : 0)
  const truth = (ranked: number): Truth => (ranked === 1 ? undefined : ranked === 2)
  const { formula } = fc.letrec<{ formula: Formula }>((tie) => ({
    formula: fc.oneof(
      { maxDepth: 6 },
      fc.constantFrom(...atoms),
      fc.tuple(tie("formula"), tie("formula")).map(([a, b]) => ({
        text: `${bracketed(a, 0)} OR ${bracketed(b, 1)}`,
        level: 0,
        value: truth(Math.max(rank(a.value), rank(b.value))),
      })),
      fc.tuple(tie("formula"), tie("formula")).map(([a, b]) => ({
        text: `${bracketed(a, 1)} AND ${bracketed(b, 2)}`,
        level: 1,
        value: truth(Math.min(rank(a.value), rank(b.value))),
      })),
      tie("formula").map((a) => ({
        text: `NOT ${bracketed(a, 2)}`,
        level: 2,
        value: truth(2 - rank(a.value)),
      })),
    ),
  }))

  test("three-valued logic holds for any formula", () => {
    fc.assert(
      fc.property(
        formula.filter(({ text }) => text.length <= 1024),
        ({ text, value }) => {
          expect(evaluate(text), text).toBe(value)
        },
      ),
    )
  })

  test("integer arithmetic agrees with BigInt for any expression", () => {
    type Sum = { text: string; value: bigint }
    const { sum } = fc.letrec<{ sum: Sum }>((tie) => ({
      sum: fc.oneof(
        { maxDepth: 4 },
        fc.nat(1000).map((n) => ({ text: String(n), value: BigInt(n) })),
        fc.tuple(tie("sum"), fc.constantFrom("+", "-", "*"), tie("sum")).map(([a, operator, b]) => ({
          text: `(${a.text} ${operator} ${b.text})`,
          value:
            operator === "+" ? a.value + b.value : operator === "-" ? a.value - b.value : a.value * b.value,
        })),
        tie("sum").map((a) => ({ text: `-${a.text}`, value: -a.value })),
      ),
    }))
    const small = sum.filter(({ text, value }) => text.length < 900 && BigInt.asIntN(64, value) === value)
    fc.assert(
      fc.property(small, ({ text, value }) => {
        expect(evaluate(`${text} = ${value < 0n ? `-${-value}` : value}`), text).toBe(true)
      }),
    )
  })
})

describe("mistakes", () => {
  test.each([
    ["", 1],
    ["a", 1],
    ["a =", 4],
    ["a = = 1", 5],
    ["a = 1 b", 7],
    ["a = 1 AND", 10],
    ["(a = 1", 7],
    ["a = 'x", 5],
    ["a IN ()", 7],
    ["a IN (1", 8],
    ["a NOT 1", 7],
    ["a IS 1", 6],
    ["1 IS NULL", 1],
    ["a LIKE", 7],
    ["sys.Nope = 1", 1],
    ["other.a = 1", 1],
    ["f(1) = 1", 1],
    ["a = @p", 5],
    ["(a = 1) + 1 = 2", 2],
    ["NOT 5", 5],
    ["and = 1", 1],
    ["EXISTS(1)", 8],
    [`a = '${"x".repeat(1100)}'`, 1025],
  ])("%s is refused at position %i", (expression, position) => {
    expect(() => compileFilter(expression)).toThrow(
      expect.objectContaining({ name: "SqlSyntaxError", position }),
    )
  })

  test("no text makes the parser fail otherwise than with a syntax error", () => {
    const words = "a = 1 'x' AND OR NOT ( ) LIKE IN IS NULL EXISTS , + - * / % [b] sys.Label <> ESCAPE".split(
      " ",
    )
    const text = fc.oneof(
      fc.string(),
      fc.array(fc.constantFrom(...words)).map((parts) => parts.join(" ")),
    )
    fc.assert(
      fc.property(text, (source) => {
        let failure: unknown
        try {
          compileFilter(source)
        } catch (error) {
          failure = error
        }
        if (failure !== undefined) expect(failure).toMatchObject({ name: "SqlSyntaxError" })
      }),
    )
  })

  test("a division of integers by zero and a wrong escape fail on the message", () => {
    expect(() => evaluate("1 / 0 = 1")).toThrow("Division by zero.")
    expect(() => evaluate("1 % 0 = 1")).toThrow("Division by zero.")
    expect(evaluate("1 / 0.0 > 1")).toBe(true)
    expect(() => evaluate("text LIKE 'a' ESCAPE 'ab'")).toThrow("ESCAPE needs a string of one character.")
  })
})
