// The parameter block of a template: what it declares, and whether what it is given fits.
import { isMap, isScalar, isSeq, type Node, type YAMLMap } from "yaml"
import { toText } from "./functions.ts"
import { mistake, type Source } from "./source.ts"
import type { Value } from "./value.ts"

export interface Parameter {
  readonly name: string
  readonly type: string
  readonly displayName?: string
  /** Absent: the caller has to give a value. */
  readonly default?: Value
  readonly values?: readonly string[]
  /** Where it is declared. */
  readonly source: Source
  readonly node: Node
}

const lists = ["stepList", "jobList", "deploymentList", "stageList", "stringList", "containerList"]
const maps = ["step", "job", "deployment", "stage", "container"]
const types = ["string", "number", "boolean", "object", ...lists, ...maps]
const keys = ["name", "displayName", "type", "default", "values"]

/** The parameters that a template declares, in order. */
export function readParameters(source: Source): Parameter[] {
  const block = isMap(source.document.contents) ? source.document.contents.get("parameters", true) : undefined
  if (block === undefined) return []
  if (!isSeq(block)) throw mistake(source, block, "parameters must be a list of name, type and default")
  return block.items.map((item) => {
    if (!isMap(item)) throw mistake(source, item, "a parameter needs name and type")
    return readParameter(source, item)
  })
}

function readParameter(source: Source, node: YAMLMap): Parameter {
  const known = new Map<string, unknown>()
  for (const { key, value } of node.items) {
    const name = String(key)
    if (!keys.includes(name)) throw mistake(source, key, `a parameter has no "${name}"`)
    known.set(name, value)
  }
  const plain = (key: string) => (isScalar(known.get(key)) ? String(known.get(key)) : undefined)
  const name = plain("name")
  const type = plain("type") ?? "string"
  if (!name) throw mistake(source, node, "a parameter needs a name")
  if (!types.includes(type)) {
    throw mistake(source, known.get("type") as Node, `parameter "${name}" has the unknown type "${type}"`)
  }
  const values = known.get("values")
  const parameter: Parameter = {
    name,
    type,
    ...(plain("displayName") && { displayName: plain("displayName") as string }),
    ...(isSeq(values) && { values: values.items.map(String) }),
    source,
    node,
  }
  if (!known.has("default")) return parameter
  const given = (known.get("default") as Node | null)?.toJS(source.document) ?? ""
  return { ...parameter, default: convert(parameter, given, (message) => mistake(source, node, message)) }
}

/** Converts a value to the type of a parameter, or throws what `refuse` makes of the reason. */
function convert(parameter: Parameter, value: Value, refuse: (reason: string) => Error): Value {
  const { name, type, values } = parameter
  const wrong = () => {
    const shown = typeof value === "object" ? (Array.isArray(value) ? "a list" : "an object") : `"${value}"`
    return refuse(`parameter "${name}" must be of type ${type}, not ${shown}`)
  }
  if (type === "object") return value
  if (lists.includes(type)) {
    if (Array.isArray(value)) return value
    if (value === "") return []
    throw wrong()
  }
  const isObject = value !== null && typeof value === "object"
  if (maps.includes(type)) {
    if (!isObject || Array.isArray(value)) throw wrong()
    return value
  }
  if (isObject) throw wrong()
  const text = toText(value)
  if (values && !values.includes(text)) {
    throw refuse(`parameter "${name}" must be one of ${values.join(", ")}, not "${text}"`)
  }
  if (type === "number") {
    if (text.trim() === "" || Number.isNaN(Number(text))) throw wrong()
    return Number(text)
  }
  if (type === "boolean") {
    if (!/^(true|false)$/i.test(text)) throw wrong()
    return text.toLowerCase() === "true"
  }
  return text
}

export interface Given {
  readonly value: Value
  readonly source: Source
  readonly node: unknown
}

/**
 * The values with which a template is expanded: what was given, checked and converted, and the defaults.
 * @param caller where the template is named; a missing parameter is reported there
 * @throws PipelineError for an unknown or a missing parameter and for a value of the wrong type
 */
export function bind(
  template: Source,
  given: ReadonlyMap<string, Given>,
  caller: { source: Source; node: unknown },
): Record<string, Value> {
  const declared = readParameters(template)
  for (const [name, { source, node }] of given) {
    if (!declared.some((parameter) => parameter.name === name)) {
      throw mistake(source, node, `${template.file} has no parameter "${name}"`)
    }
  }
  return Object.fromEntries(
    declared.map((parameter) => {
      const { name } = parameter
      const found = given.get(name)
      if (found) {
        const { source, node, value } = found
        return [name, convert(parameter, value, (reason) => mistake(source, node, reason))]
      }
      if (parameter.default === undefined) {
        throw mistake(caller.source, caller.node, `parameter "${name}" of ${template.file} is missing`)
      }
      return [name, parameter.default]
    }),
  )
}
