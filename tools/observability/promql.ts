import type { SyntaxNode } from "@lezer/common"
import { parser } from "@prometheus-io/lezer-promql"
import type { Series, Unit } from "./metrics.ts"

/** Grafana's variables as Prometheus would get them: every app, an interval that holds two scrapes. */
export const asPrometheusSeesIt = (query: string): string =>
  query.replaceAll("$__rate_interval", "2m").replaceAll("$__range", "1h").replaceAll("$app", ".+")

type Selector = { readonly text: string; readonly metric: string; readonly labels: readonly string[] }

const rangeOfCounters = new Set(["rate", "irate", "increase"])
/** Functions that give what they are given, over time or not. */
const overTime = new Set([
  "avg_over_time",
  "max_over_time",
  "min_over_time",
  "sum_over_time",
  "last_over_time",
])
const keeping = new Set(["clamp_min", "clamp_max", "abs", "sort", "sort_desc", "label_replace"])
const plainNumbers = new Set(["vector", "scalar", "absent", "time"])

const children = (node: SyntaxNode): SyntaxNode[] => {
  const found: SyntaxNode[] = []
  for (let child = node.firstChild; child; child = child.nextSibling) found.push(child)
  return found
}

function descendants(node: SyntaxNode, name: string): SyntaxNode[] {
  return children(node).flatMap((child) => [
    ...(child.name === name ? [child] : []),
    ...descendants(child, name),
  ])
}

/** A parsed query: what it names, and what is wrong with it. */
export class Query {
  readonly text: string
  private readonly top: SyntaxNode

  constructor(query: string) {
    this.text = asPrometheusSeesIt(query)
    this.top = parser.parse(this.text).topNode
  }

  private of(node: SyntaxNode): string {
    return this.text.slice(node.from, node.to)
  }

  syntaxErrors(): string[] {
    return descendants(this.top, "⚠").map(
      (node) => `syntax error at ${JSON.stringify(this.text.slice(node.from, node.from + 20))}`,
    )
  }

  selectors(): Selector[] {
    return descendants(this.top, "VectorSelector").map((node) => ({
      text: this.of(node),
      metric: this.of(node.getChild("Identifier") as SyntaxNode),
      labels: descendants(node, "LabelName").map((label) => this.of(label)),
    }))
  }

  /** Labels that the outermost aggregation keeps; undefined where there is none. */
  keptLabels(): string[] | undefined {
    const [modifier] = descendants(this.top, "AggregateModifier")
    return modifier && descendants(modifier, "LabelName").map((label) => this.of(label))
  }

  /** Problems with names: unknown metrics and labels, labels that are grouped by and nobody has. */
  nameProblems(series: ReadonlyMap<string, Series>): string[] {
    const problems = this.selectors().flatMap(({ metric, labels }) => {
      const known = series.get(metric)
      if (!known) return [`unknown metric ${metric}`]
      return labels
        .filter((label) => !known.labels.has(label))
        .map((label) => `${metric} has no label ${label}`)
    })
    const grouping = descendants(this.top, "AggregateExpr").flatMap((aggregate) => {
      const within = descendants(aggregate, "VectorSelector").map((node) =>
        this.of(node.getChild("Identifier") as SyntaxNode),
      )
      const renamed = descendants(aggregate, "LabelReplace").length > 0
      const modifier = aggregate.getChild("AggregateModifier")
      if (!modifier || renamed) return []
      return descendants(modifier, "LabelName")
        .map((label) => this.of(label))
        .filter((label) => !within.some((metric) => series.get(metric)?.labels.has(label)))
        .map((label) => `nothing in ${within.join(", ")} has the label ${label}`)
    })
    return [...problems, ...grouping]
  }

  /**
   * The unit of what the query answers.
   * @throws Error for what has none: a counter that is not rated, seconds added to bytes
   */
  unit(series: ReadonlyMap<string, Series>): Unit {
    const [expression] = children(this.top)
    if (!expression) throw new Error("empty query")
    return this.unitOf(expression, series)
  }

  private unitOf(node: SyntaxNode, series: ReadonlyMap<string, Series>): Unit {
    switch (node.name) {
      case "NumberDurationLiteral":
      case "UnaryExpr":
        return {}
      case "ParenExpr":
      case "SubqueryExpr":
      case "OffsetExpr":
        return this.unitOf(this.operands(node)[0] as SyntaxNode, series)
      case "MatrixSelector":
      case "VectorSelector":
        return this.unitOfSelector(node, series)
      case "AggregateExpr": {
        const body = node.getChild("FunctionCallBody") as SyntaxNode
        if (node.getChild("AggregateOp")?.firstChild?.name === "Count") return {}
        return this.unitOf(this.operands(body).at(-1) as SyntaxNode, series)
      }
      case "FunctionCall":
        return this.unitOfCall(node, series)
      case "BinaryExpr":
        return this.unitOfBinary(node, series)
      default:
        throw new Error(`no rule for the unit of ${node.name} ${this.of(node)}`)
    }
  }

  private operands(node: SyntaxNode): SyntaxNode[] {
    const expressions = new Set([
      ...["NumberDurationLiteral", "UnaryExpr", "ParenExpr", "SubqueryExpr", "OffsetExpr", "MatrixSelector"],
      ...["VectorSelector", "AggregateExpr", "FunctionCall", "BinaryExpr", "StringLiteral"],
    ])
    return children(node).filter(({ name }) => expressions.has(name))
  }

  private unitOfSelector(node: SyntaxNode, series: ReadonlyMap<string, Series>): Unit {
    const selector = node.name === "VectorSelector" ? node : descendants(node, "VectorSelector")[0]
    const metric = this.of(selector?.getChild("Identifier") as SyntaxNode)
    const known = series.get(metric)
    if (!known) throw new Error(`unknown metric ${metric}`)
    return known.kind === "bucket" ? {} : known.unit
  }

  private unitOfCall(node: SyntaxNode, series: ReadonlyMap<string, Series>): Unit {
    const name = this.of(node.getChild("FunctionIdentifier") as SyntaxNode)
    const args = this.operands(node.getChild("FunctionCallBody") as SyntaxNode)
    const [metric = ""] = descendants(node, "VectorSelector").map((selector) =>
      this.of(selector.getChild("Identifier") as SyntaxNode),
    )
    if (rangeOfCounters.has(name)) {
      if (series.get(metric)?.kind === "gauge") throw new Error(`${name}() of ${metric}, which is a gauge`)
      const unit = this.unitOf(args[0] as SyntaxNode, series)
      return name === "increase" ? unit : divided(unit, { s: 1 })
    }
    if (name === "histogram_quantile") {
      const known = series.get(metric)
      if (known?.kind !== "bucket") throw new Error(`histogram_quantile() of ${metric}: no buckets`)
      const kept = descendants(node, "LabelName").map((label) => this.of(label))
      if (!kept.includes("le")) throw new Error("histogram_quantile() without le: no buckets are left")
      return known.unit
    }
    if (plainNumbers.has(name)) return {}
    if (overTime.has(name) || keeping.has(name)) return this.unitOf(args[0] as SyntaxNode, series)
    throw new Error(`no rule for the unit of ${name}()`)
  }

  private unitOfBinary(node: SyntaxNode, series: ReadonlyMap<string, Series>): Unit {
    const [left, right] = this.operands(node) as [SyntaxNode, SyntaxNode]
    const operator = children(node).find(({ name }) =>
      /^(Div|Mul|Add|Sub|Or|And|Unless|Eql|Neq|Gtr|Gte|Lss|Lte)/.test(name),
    )
    const one = this.unitOf(left, series)
    if (node.getChild("BoolModifier")) return {}
    if (operator?.name === "And" || operator?.name === "Unless") return one
    const isNumber = (side: SyntaxNode) => side.name === "NumberDurationLiteral"
    const two = this.unitOf(right, series)
    if (operator?.name === "Div") {
      // Amounts are kept in minor units: a hundredth of what a person reads.
      if (one.minor_unit && this.of(right) === "100") return { ...one, minor_unit: 0, money: one.minor_unit }
      return divided(one, two)
    }
    if (operator?.name === "Mul") return divided(one, divided({}, two))
    if (!isNumber(right) && !isNumber(left) && !same(one, two) && !this.of(right).startsWith("vector("))
      throw new Error(`${named(one)} against ${named(two)}: ${this.of(node)}`)
    return isNumber(left) ? two : one
  }
}

function divided(one: Unit, two: Unit): Unit {
  const names = new Set([...Object.keys(one), ...Object.keys(two)])
  return Object.fromEntries([...names].map((name) => [name, (one[name] ?? 0) - (two[name] ?? 0)]))
}

export const same = (one: Unit, two: Unit): boolean =>
  Object.values(divided(one, two)).every((exponent) => exponent === 0)

/** `s`, `order/s`, or `number`. */
export function named(unit: Unit): string {
  const part = (sign: 1 | -1) =>
    Object.entries(unit)
      .filter(([, exponent]) => exponent * sign > 0)
      .map(([name]) => name)
      .join("·")
  const above = part(1) || (part(-1) ? "1" : "number")
  return part(-1) ? `${above}/${part(-1)}` : above
}
