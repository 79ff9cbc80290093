import type {
  ArithmeticOperator,
  ComparisonOperator,
  PropertyReference,
  SqlExpression,
  SqlPredicate,
  SqlStatement,
} from "./sql-ast.ts"
import { SqlSyntaxError, type Token, tokenize } from "./sql-lexer.ts"
import { systemProperties } from "./system-properties.ts"

type Node = SqlExpression | SqlPredicate

const reserved = new Set(
  "and or not like escape in is null exists true false set remove newid property p".split(" "),
)
const predicates = new Set<Node["kind"]>(["and", "or", "not", "compare", "like", "in", "isNull", "exists"])
const comparisons = new Set(["=", "<>", "!=", "<", "<=", ">", ">="])
const isPredicate = (node: Node): node is SqlPredicate => predicates.has(node.kind)

/**
 * Parses a SQL filter: https://learn.microsoft.com/azure/service-bus-messaging/service-bus-messaging-sql-filter.
 * Precedence, loosest first: OR, AND, NOT, comparison (LIKE, IN, IS, EXISTS), + -, * / %, sign.
 * Throws a SqlSyntaxError.
 */
export function parseFilter(source: string): SqlPredicate {
  const parser = new Parser(source)
  const predicate = parser.predicate()
  parser.expectEnd()
  return predicate
}

/** Parses a SQL rule action: SET and REMOVE statements, separated by semicolons or commas. */
export function parseAction(source: string): SqlStatement[] {
  const parser = new Parser(source)
  const statements: SqlStatement[] = []
  while (!parser.atEnd()) {
    statements.push(parser.statement())
    while (parser.symbol(";", ",")) {}
  }
  if (statements.length === 0) throw new SqlSyntaxError("Expected SET or REMOVE", 0)
  return statements
}

class Parser {
  readonly #tokens: Token[]
  #next = 0

  constructor(source: string) {
    this.#tokens = tokenize(source)
  }

  atEnd(): boolean {
    return this.#peek().kind === "end"
  }

  expectEnd(): void {
    if (!this.atEnd()) throw this.#unexpected("the end of the expression")
  }

  predicate(): SqlPredicate {
    return this.#asPredicate(this.#or())
  }

  statement(): SqlStatement {
    if (this.#keyword("set")) {
      const property = this.#property()
      if (!this.symbol("=")) throw this.#unexpected("=")
      return { kind: "set", property, value: this.#asExpression(this.#additive()) }
    }
    if (this.#keyword("remove")) return { kind: "remove", property: this.#property() }
    throw this.#unexpected("SET or REMOVE")
  }

  /** Consumes one of the given symbols and returns it. */
  symbol(...texts: string[]): string | undefined {
    const token = this.#peek()
    if (token.kind !== "symbol" || !texts.includes(token.text)) return undefined
    this.#next++
    return token.text
  }

  #or(): Node {
    let left = this.#and()
    for (let at = this.#at(); this.#keyword("or"); at = this.#at()) {
      left = { kind: "or", left: this.#asPredicate(left), right: this.#asPredicate(this.#and()), at }
    }
    return left
  }

  #and(): Node {
    let left = this.#not()
    for (let at = this.#at(); this.#keyword("and"); at = this.#at()) {
      left = { kind: "and", left: this.#asPredicate(left), right: this.#asPredicate(this.#not()), at }
    }
    return left
  }

  #not(): Node {
    const at = this.#at()
    if (this.#keyword("not")) return { kind: "not", operand: this.#asPredicate(this.#not()), at }
    return this.#comparison()
  }

  #comparison(): Node {
    const at = this.#at()
    if (this.#keyword("exists")) {
      this.#expect("(")
      const property = this.#property()
      this.#expect(")")
      return { kind: "exists", property, at }
    }
    const left = this.#additive()
    const operator = this.symbol(...comparisons)
    if (operator) {
      const normal = (operator === "!=" ? "<>" : operator) as ComparisonOperator
      const right = this.#asExpression(this.#additive())
      return { kind: "compare", operator: normal, left: this.#asExpression(left), right, at }
    }
    if (this.#keyword("is")) {
      const negated = this.#keyword("not")
      if (!this.#keyword("null")) throw this.#unexpected("NULL")
      const operand = this.#asExpression(left)
      if (operand.kind !== "property")
        throw new SqlSyntaxError("IS NULL needs a property on its left", operand.at)
      return this.#negateIf(negated, { kind: "isNull", operand, at })
    }
    const negated = this.#keyword("not")
    if (this.#keyword("like")) return this.#negateIf(negated, this.#like(this.#asExpression(left), at))
    if (this.#keyword("in")) return this.#negateIf(negated, this.#in(this.#asExpression(left), at))
    if (negated) throw this.#unexpected("LIKE or IN")
    return left
  }

  #like(operand: SqlExpression, at: number): SqlPredicate {
    const pattern = this.#asExpression(this.#additive())
    const escapeWith = this.#keyword("escape") ? this.#asExpression(this.#additive()) : undefined
    return { kind: "like", operand, pattern, escape: escapeWith, at }
  }

  #in(operand: SqlExpression, at: number): SqlPredicate {
    this.#expect("(")
    const items = [this.#asExpression(this.#additive())]
    while (this.symbol(",")) items.push(this.#asExpression(this.#additive()))
    this.#expect(")")
    return { kind: "in", operand, items, at }
  }

  #additive(): Node {
    return this.#leftAssociative(["+", "-"], () =>
      this.#leftAssociative(["*", "/", "%"], () => this.#signed()),
    )
  }

  #leftAssociative(operators: string[], operand: () => Node): Node {
    let left = operand()
    for (
      let at = this.#at(), operator = this.symbol(...operators);
      operator;
      at = this.#at(), operator = this.symbol(...operators)
    ) {
      const right = this.#asExpression(operand())
      left = {
        kind: "arithmetic",
        operator: operator as ArithmeticOperator,
        left: this.#asExpression(left),
        right,
        at,
      }
    }
    return left
  }

  #signed(): Node {
    const at = this.#at()
    const sign = this.symbol("+", "-")
    if (sign === undefined) return this.#primary()
    const operand = this.#asExpression(this.#signed())
    return sign === "-" ? { kind: "negate", operand, at } : operand
  }

  #primary(): Node {
    const token = this.#peek()
    const { at } = token
    if (this.symbol("(")) {
      const inner = this.#or()
      this.#expect(")")
      return inner
    }
    if (token.kind === "string" || token.kind === "number") {
      this.#next++
      return { kind: "constant", value: token.kind === "string" ? token.text : token.value, at }
    }
    if (this.#keyword("true")) return { kind: "constant", value: true, at }
    if (this.#keyword("false")) return { kind: "constant", value: false, at }
    if (this.#keyword("null")) return { kind: "constant", value: undefined, at }
    if (token.kind === "word" && this.#isCall()) return this.#call(token.text, at)
    return this.#property()
  }

  #call(name: string, at: number): SqlExpression {
    this.#next += 2
    const lower = name.toLowerCase()
    if (lower === "newid") {
      this.#expect(")")
      return { kind: "newid", at }
    }
    if (lower !== "property" && lower !== "p") throw new SqlSyntaxError(`Unknown function '${name}'`, at)
    const argument = this.#asExpression(this.#additive())
    this.#expect(")")
    return { kind: "propertyCall", name: argument, at }
  }

  #isCall(): boolean {
    const following = this.#tokens[this.#next + 1]
    return following?.kind === "symbol" && following.text === "("
  }

  #property(): PropertyReference {
    const at = this.#at()
    const first = this.#identifier()
    if (!this.symbol(".")) return { kind: "property", scope: "user", name: first, at }
    const scope = first.toLowerCase()
    if (scope !== "sys" && scope !== "user") {
      throw new SqlSyntaxError(`The scope must be sys or user, not '${first}'`, at)
    }
    const name = this.#identifier()
    if (scope === "sys" && !systemProperties.has(name.toLowerCase())) {
      throw new SqlSyntaxError(`There is no system property '${name}'`, at)
    }
    return { kind: "property", scope, name, at }
  }

  #identifier(): string {
    const token = this.#peek()
    const usable =
      token.kind === "quoted" || (token.kind === "word" && !reserved.has(token.text.toLowerCase()))
    if (!usable) throw this.#unexpected("a value or property")
    this.#next++
    return token.text
  }

  #negateIf(negated: boolean, predicate: SqlPredicate): SqlPredicate {
    return negated ? { kind: "not", operand: predicate, at: predicate.at } : predicate
  }

  #asPredicate(node: Node): SqlPredicate {
    if (isPredicate(node)) return node
    throw new SqlSyntaxError("Expected a condition, found a value: compare it with something", node.at)
  }

  #asExpression(node: Node): SqlExpression {
    if (!isPredicate(node)) return node
    throw new SqlSyntaxError("Expected a value, found a condition", node.at)
  }

  #keyword(text: string): boolean {
    const token = this.#peek()
    if (token.kind !== "word" || token.text.toLowerCase() !== text) return false
    this.#next++
    return true
  }

  #expect(symbol: string): void {
    if (!this.symbol(symbol)) throw this.#unexpected(symbol)
  }

  #peek(): Token {
    return this.#tokens[this.#next] as Token
  }

  #at(): number {
    return this.#peek().at
  }

  #unexpected(wanted: string): SqlSyntaxError {
    const token = this.#peek()
    if (token.kind === "end") return new SqlSyntaxError(`Expected ${wanted}, found the end`, token.at)
    const found = token.kind === "number" ? String(token.value) : token.text
    return new SqlSyntaxError(`Expected ${wanted}, found '${found}'`, token.at)
  }
}
