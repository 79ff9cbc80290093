// Expands a pipeline as Azure Pipelines does before a run: parameters, if / elseif / else, each, insert, templates, extends.
// What is left for the run (`$(macro)` and `$[ runtime ]`) stays as it is.
import { isAlias, isMap, isScalar, isSeq, type Node, type Pair, type YAMLMap, type YAMLSeq } from "yaml"
import { type Directive, interpolate, readDirective } from "./directives.ts"
import { type Expression, evaluate, type Scope } from "./expression.ts"
import { isTrue } from "./functions.ts"
import { bind, type Given } from "./parameters.ts"
import { mistake, PipelineError, readSource, readTemplate, type Source } from "./source.ts"
import type { Value } from "./value.ts"

type Mapping = Record<string, Value>
type Condition = "none" | "open" | "taken"

/** Sections that a template can fill, and in which `- template:` is an inclusion. */
const sections = ["stages", "jobs", "steps", "variables"]
const depthLimit = 50

export interface ExpandOptions {
  /** Values of the pipeline's own parameters. */
  readonly parameters?: Readonly<Record<string, Value>>
  /** Variables that are known before the run, such as `Build.Reason`. */
  readonly variables?: Readonly<Record<string, string>>
}

/**
 * Expands a pipeline or a template.
 * @param root the repository's root
 * @param file path of the file from the root
 * @returns the document without parameters, expressions and inclusions
 * @throws PipelineError that names file and line
 */
export function expandFile(root: string, file: string, options: ExpandOptions = {}): Mapping {
  return expandSource(readSource(root, file), options)
}

/** As `expandFile`, for a source that is already read. */
export function expandSource(
  source: Source,
  { parameters = {}, variables = {} }: ExpandOptions = {},
): Mapping {
  const given = Object.entries(parameters).map(
    ([name, value]) => [name, { value, source, node: source.document.contents }] as const,
  )
  return new Expansion(
    source,
    new Map(given),
    variables,
    { source, node: source.document.contents },
    0,
  ).result()
}

/** One file on the way through: its scope, and the conditions that are open. */
class Expansion {
  private readonly source: Source
  private readonly variables: Readonly<Record<string, string>>
  private readonly depth: number
  private readonly root: YAMLMap
  private readonly scope: Scope

  constructor(
    source: Source,
    given: ReadonlyMap<string, Given>,
    variables: Readonly<Record<string, string>>,
    caller: { source: Source; node: unknown },
    depth: number,
  ) {
    if (depth > depthLimit)
      throw mistake(caller.source, caller.node, "templates include each other without end")
    const root = source.document.contents
    if (!isMap(root)) throw mistake(source, root, "a pipeline file is a mapping")
    this.source = source
    this.variables = variables
    this.depth = depth
    this.root = root
    this.scope = { names: { parameters: bind(source, given, caller), variables: { ...variables } } }
  }

  result(): Mapping {
    const rest = this.root.items.filter(({ key }) => !["parameters", "extends"].includes(String(key)))
    const own = this.mapping(rest, this.scope)
    const base = this.root.get("extends", true)
    if (base === undefined) return own
    if (!isMap(base) || !base.has("template")) throw mistake(this.source, base, '"extends" needs a template')
    return { ...own, ...this.include(base, this.scope) }
  }

  /** Runs `work` and says where it went wrong. */
  private locate<T>(node: unknown, work: () => T): T {
    try {
      return work()
    } catch (error) {
      if (error instanceof PipelineError) throw error
      throw mistake(this.source, node, (error as Error).message)
    }
  }

  private value(node: unknown, scope: Scope): Value {
    if (node === null || node === undefined) return ""
    if (isAlias(node)) throw mistake(this.source, node, "Azure Pipelines knows no anchors and aliases")
    if (isScalar(node)) return this.locate(node, () => interpolate(String(node.value), scope))
    if (isMap(node)) return this.mapping(node.items, scope)
    if (isSeq(node)) return this.sequence(node, scope)
    throw mistake(this.source, node, "unexpected content")
  }

  private mapping(pairs: readonly Pair[], scope: Scope): Mapping {
    const result: Mapping = {}
    const put = (key: string, value: Value, at: unknown) => {
      if (key in result) throw mistake(this.source, at, `"${key}" is there twice`)
      result[key] = value
    }
    const merge = (value: Value, at: unknown) => {
      if (value === "" || value === null) return
      if (typeof value !== "object" || Array.isArray(value)) {
        throw mistake(this.source, at, "a mapping is needed here")
      }
      for (const [key, entry] of Object.entries(value)) put(key, entry, at)
    }
    let condition: Condition = "none"
    for (const { key, value } of pairs) {
      const text = String(key)
      const directive = this.locate(key, () => readDirective(text))
      if (!directive) {
        condition = "none"
        const name = this.locate(key, () => interpolate(text, scope))
        put(String(name), this.value(value, scope), key)
        continue
      }
      const scopes = this.locate(key, () => chosen(directive, condition, scope))
      condition = scopes.condition
      for (const inner of scopes.scopes) merge(this.value(value, inner), key)
    }
    return result
  }

  private sequence(node: YAMLSeq, scope: Scope): Value[] {
    const result: Value[] = []
    const splice = (value: Value) => {
      if (Array.isArray(value)) result.push(...value)
      else if (value !== "" && value !== null) result.push(value)
    }
    let condition: Condition = "none"
    for (const item of node.items) {
      const pair = isMap(item) && item.items.length === 1 ? item.items[0] : undefined
      const directive = pair && this.locate(pair.key, () => readDirective(String(pair.key)))
      if (pair && directive && directive.kind !== "insert") {
        const scopes = this.locate(pair.key, () => chosen(directive, condition, scope))
        condition = scopes.condition
        for (const inner of scopes.scopes) splice(this.value(pair.value, inner))
        continue
      }
      condition = "none"
      if (isMap(item) && item.has("template")) result.push(...this.section(item, scope))
      else if (isScalar(item) && /^\s*\$\{\{/.test(String(item.value))) splice(this.value(item, scope))
      else result.push(this.value(item, scope))
    }
    return result
  }

  /** The steps, jobs, stages or variables of the template that a list's item names. */
  private section(item: YAMLMap, scope: Scope): Value[] {
    const content = this.include(item, scope)
    const [name, ...others] = Object.keys(content)
    const items = name === undefined ? undefined : content[name]
    if (name === undefined || others.length > 0 || !sections.includes(name) || !Array.isArray(items)) {
      throw mistake(
        this.source,
        item,
        `the template must hold one of ${sections.join(", ")} and nothing else`,
      )
    }
    return items
  }

  private include(node: YAMLMap, scope: Scope): Mapping {
    const reference = node.get("template", true) as Node
    for (const { key } of node.items) {
      if (!["template", "parameters"].includes(String(key))) {
        throw mistake(this.source, key, `"${key}" cannot stand beside "template"`)
      }
    }
    const path = String(this.value(reference, scope))
    const template = readTemplate(this.source, reference, path)
    const block = node.get("parameters", true)
    if (block !== undefined && !isMap(block))
      throw mistake(this.source, block, "parameters must be a mapping")
    const values = block ? this.mapping(block.items, scope) : {}
    const given = Object.entries(values).map(([name, value]) => {
      const pair = block?.items.find(({ key }) => String(key) === name)
      return [name, { value, source: this.source, node: pair?.key ?? block }] as const
    })
    const caller = { source: this.source, node: reference }
    return new Expansion(template, new Map(given), this.variables, caller, this.depth + 1).result()
  }
}

/** The scopes in which the content below a directive is expanded: none, one, or one for each element. */
function chosen(
  directive: Directive,
  condition: Condition,
  scope: Scope,
): { scopes: Scope[]; condition: Condition } {
  const holds = (test: Expression) => isTrue(evaluate(test, scope))
  switch (directive.kind) {
    case "insert":
      return { scopes: [scope], condition: "none" }
    case "if":
      return holds(directive.condition)
        ? { scopes: [scope], condition: "taken" }
        : { scopes: [], condition: "open" }
    case "elseif":
    case "else": {
      if (condition === "none") throw new Error(`"${directive.kind}" without "if"`)
      const wanted = condition === "open" && (directive.kind === "else" || holds(directive.condition))
      const after = directive.kind === "else" ? "none" : wanted ? "taken" : condition
      return { scopes: wanted ? [scope] : [], condition: after }
    }
    case "each": {
      const list = evaluate(directive.list, scope)
      if (list === null || typeof list !== "object") throw new Error(`"each" needs a list or an object`)
      const elements = Array.isArray(list)
        ? list
        : Object.entries(list).map(([key, value]) => ({ key, value }))
      const scopes = elements.map((element) => ({
        ...scope,
        names: { ...scope.names, [directive.variable]: element },
      }))
      return { scopes, condition: "none" }
    }
  }
}
