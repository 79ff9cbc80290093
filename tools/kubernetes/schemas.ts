import { existsSync, readFileSync } from "node:fs"
import { Ajv, type ErrorObject, type ValidateFunction } from "ajv"
import { type Json, type Manifest, nameOf } from "./manifests.ts"

const folder = new URL("./schemas/", import.meta.url)
const readJson = (name: string) => JSON.parse(readFileSync(new URL(name, folder), "utf8"))

const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false })
const core = readJson("core.json") as { kinds: Record<string, string[]> }
ajv.addSchema(core, "core")

/**
 * Forbids unknown properties wherever a schema lists its properties, as an API server does under strict field
 * validation. Left open: objects that say `additionalProperties` or `x-kubernetes-preserve-unknown-fields`.
 */
export function closed(schema: Json): Json {
  if (Array.isArray(schema)) return schema.map(closed)
  if (schema === null || typeof schema !== "object") return schema
  const result = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, closed(value)]))
  if (
    result.type === "object" &&
    result.properties &&
    result.additionalProperties === undefined &&
    !result["x-kubernetes-preserve-unknown-fields"]
  ) {
    result.additionalProperties = false
  }
  return result
}

const validators = new Map<string, ValidateFunction | undefined>()

function validatorFor(apiVersion: string, kind: string): ValidateFunction | undefined {
  const key = `${apiVersion}/${kind}`
  if (!validators.has(key)) validators.set(key, compile(apiVersion, kind))
  return validators.get(key)
}

function compile(apiVersion: string, kind: string): ValidateFunction | undefined {
  const coreGroup = apiVersion === "v1" ? "core/v1" : apiVersion
  if (core.kinds[coreGroup]?.includes(kind)) return ajv.compile({ $ref: `core#/definitions/${kind}` })
  const [group, version] = apiVersion.split("/")
  const file = `${group}/${kind.toLowerCase()}_${version}.json`
  if (!existsSync(new URL(file, folder))) return undefined
  const schema = closed(readJson(file)) as { properties: Record<string, Json> }
  schema.properties.metadata = { $ref: "core#/definitions/ObjectMeta" }
  return ajv.compile(schema)
}

/** One line per error, with the offending name where the schema library keeps it apart. */
export function describeErrors(errors: ErrorObject[] | null | undefined): string[] {
  return (errors ?? [])
    .filter(({ keyword }) => !["anyOf", "oneOf", "not", "if"].includes(keyword) || errors?.length === 1)
    .map(({ instancePath, message, params }) => {
      const detail = params.additionalProperty ?? params.allowedValues?.join(", ") ?? params.allowedValue
      const where = instancePath ? `${instancePath.slice(1).replaceAll("/", ".")} ` : ""
      return `${where}${message}${detail === undefined ? "" : ` (${detail})`}`
    })
}

const dnsName = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/
const labelValue = /^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/

/** Problems of one object on its own: kind, schema, name and labels. */
export function schemaProblems(manifest: Manifest): string[] {
  const validate = validatorFor(manifest.apiVersion, manifest.kind)
  if (!validate) return [`${nameOf(manifest)}: no schema for ${manifest.apiVersion} ${manifest.kind}`]
  const problems: string[] = []
  if (!validate(manifest)) problems.push(...describeErrors(validate.errors))
  if (!dnsName.test(manifest.metadata.name)) problems.push("metadata.name is no DNS name")
  for (const [label, value] of Object.entries(manifest.metadata.labels ?? {})) {
    if (!labelValue.test(value)) problems.push(`metadata.labels ${label}: ${value} is no label value`)
  }
  return [...new Set(problems)].map((problem) => `${nameOf(manifest)}: ${problem}`)
}

const compiled = new Map<string, ValidateFunction>()

/** A compiled schema of data that is no Kubernetes object, from its JSON text. */
export function compileSchema(text: string): ValidateFunction {
  const known = compiled.get(text)
  if (known) return known
  const validate = ajv.compile(JSON.parse(text))
  compiled.set(text, validate)
  return validate
}

/** The metadata schemas of KEDA's scalers, by trigger type. */
export const scalerSchemas = new Map(
  Object.entries(readJson("keda-scalers.json") as Record<string, Json>).map(([type, schema]) => [
    type,
    ajv.compile(closed(schema) as object),
  ]),
)
