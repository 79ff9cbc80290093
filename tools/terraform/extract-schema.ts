/**
 * Writes `azurerm-schema.jsonl`: the schema of the azurerm resource types that infra/terraform uses, so that every
 * check runs without a registry.
 *
 *   node tools/run.mjs tools/terraform/extract-schema.ts <folder of the unpacked @cdktn/provider-azurerm package>
 *
 * `npm pack @cdktn/provider-azurerm@<version>` in a temporary folder fetches the package (30 MB, which is why it is
 * not a dependency). Its compiled modules carry their TypeScript as a source map; each attribute there stands under a
 * comment `// name - computed: …, optional: …, required: …`, followed by an accessor that tells its type, and
 * `synthesizeHclAttributes` tells lists from sets and blocks from attributes. The same input gives the same bytes.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import type { Attribute, Block, CtyType, NestedBlock, ProviderSchema, SchemaLine } from "./schema.ts"
import { ignoredBlocks, sensitiveAttributes, usedTypes } from "./used-types.ts"

const PACKAGE = "@cdktn/provider-azurerm"

type Member = { name: string; computed: boolean; optional: boolean; required: boolean; body: string }
type HclEntry = { isBlock: boolean; kind: string; storage: string }

/** The TypeScript that a compiled module was made from, taken out of its inline source map. */
function sourceOf(file: string): string {
  const encoded = /sourceMappingURL=data:application\/json;(?:charset=utf-8;)?base64,(\S+)/.exec(
    readFileSync(file, "utf8"),
  )?.[1]
  if (!encoded) throw new Error(`${file}: no inline source map`)
  const map = JSON.parse(Buffer.from(encoded, "base64").toString("utf8")) as { sourcesContent: string[] }
  return map.sourcesContent[0] ?? ""
}

const camel = (name: string) => name.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
const lowerFirst = (name: string) => name.charAt(0).toLowerCase() + name.slice(1)

/** Text of every exported class, by class name. */
function classesOf(source: string): Map<string, string> {
  const classes = new Map<string, string>()
  for (const part of source.split(/^export class /m).slice(1)) {
    const name = /^\w+/.exec(part)?.[0] ?? ""
    classes.set(name, part)
  }
  return classes
}

function membersOf(text: string): Member[] {
  const marker = /^ {2}\/\/ (\w+) - computed: (true|false), optional: (true|false), required: (true|false)$/gm
  const found = [...text.matchAll(marker)]
  return found.map((match, index) => ({
    name: match[1] as string,
    computed: match[2] === "true",
    optional: match[3] === "true",
    required: match[4] === "true",
    body: text.slice(match.index, found[index + 1]?.index ?? text.length),
  }))
}

/** `name: { value: …, isBlock, type, storageClassType }` entries of a `…ToHclTerraform` or `synthesizeHclAttributes`. */
function hclEntriesOf(text: string): Map<string, HclEntry> {
  const entry =
    /^ {4,6}(\w+): \{\s+value: [^\n]+\s+isBlock: (true|false),\s+type: "(\w+)",\s+storageClassType: "(\w+)",\s+\},/gm
  return new Map(
    [...text.matchAll(entry)].map((match) => [
      match[1] as string,
      { isBlock: match[2] === "true", kind: match[3] as string, storage: match[4] as string },
    ]),
  )
}

const primitives: Record<string, CtyType> = {
  string: "string",
  number: "number",
  boolean: "bool",
  any: "dynamic",
}

/** Cty type of an argument from its HCL entry, e.g. kind "set", storage "stringList". */
function typeOfEntry(name: string, { kind, storage }: HclEntry): CtyType {
  const element = primitives[storage.replace(/(List|Map)+$/, "")]
  if (!element) throw new Error(`${name}: unknown storage class ${storage}`)
  if (kind === "simple") return element
  if (kind !== "list" && kind !== "set" && kind !== "map") throw new Error(`${name}: unknown kind ${kind}`)
  const depth = (storage.match(/List|Map/g) ?? []).length
  if (depth === 1) return [kind, element]
  const inner: CtyType = storage.includes("MapList") ? ["map", element] : ["list", element]
  return [kind, inner]
}

/** Cty type of an exported (computed only) value, from the accessor that reads it. */
function typeOfAccessor(member: Member, classes: Map<string, string>): CtyType {
  const { body, name } = member
  const set = body.includes("Fn.tolist(")
  const list = /this\.get(Number)?ListAttribute\(/.exec(body)
  if (list) return [set ? "set" : "list", list[1] ? "number" : "string"]
  if (/this\.getStringMapAttribute\(|new cdktn\.StringMap\(/.test(body)) return ["map", "string"]
  if (/new cdktn\.BooleanMap\(/.test(body)) return ["map", "bool"]
  if (/new cdktn\.NumberMap\(/.test(body)) return ["map", "number"]
  if (/new cdktn\.StringMapList\(/.test(body)) return ["list", ["map", "string"]]
  if (/this\.getStringAttribute\(/.test(body)) return "string"
  if (/this\.getNumberAttribute\(/.test(body)) return "number"
  if (/this\.getBooleanAttribute\(/.test(body)) return "bool"
  if (/this\.interpolationForAttribute\(/.test(body)) return "dynamic"
  const complex = / = new (\w+?)List\(this, "\w+", (true|false)\)/.exec(body)
  if (!complex) throw new Error(`${name}: no accessor understood in\n${body.slice(0, 400)}`)
  const fields = membersOf(classes.get(`${complex[1]}OutputReference`) ?? "")
  const object = Object.fromEntries(fields.map((field) => [field.name, typeOfAccessor(field, classes)]))
  return [complex[2] === "true" ? "set" : "list", ["object", object]]
}

function attributeOf(member: Member, type: CtyType): Attribute {
  const attribute: Attribute = { type }
  if (member.required) attribute.required = true
  if (member.optional) attribute.optional = true
  if (member.computed) attribute.computed = true
  // The package does not say write-only either; azurerm names every such argument `…_wo`.
  if (member.name.endsWith("_wo")) attribute.write_only = true
  return attribute
}

/** The block that a class describes; `entries` are the HCL entries of the same level. */
function blockOf(className: string, entries: Map<string, HclEntry>, source: string): Block {
  const classes = classesOf(source)
  const text = classes.get(className)
  if (text === undefined) throw new Error(`class ${className} is missing`)
  const block: Block = {}
  const add = (name: string, attribute: Attribute) => {
    block.attributes = { ...block.attributes, [name]: attribute }
  }
  for (const member of membersOf(text)) {
    const entry = entries.get(member.name)
    if (entry === undefined && (member.optional || member.required)) {
      throw new Error(`${className}.${member.name}: an argument without an HCL entry`)
    }
    if (entry === undefined || !entry.isBlock) {
      add(
        member.name,
        attributeOf(member, entry ? typeOfEntry(member.name, entry) : typeOfAccessor(member, classes)),
      )
      continue
    }
    if (ignoredBlocks.has(member.name)) continue
    const nested = / = new (\w+?)(List|OutputReference)\(this, "\w+"/.exec(member.body)
    if (!nested) throw new Error(`${className}.${member.name}: nested class not found`)
    const [, base, cardinality] = nested
    const hclFunction = `export function ${lowerFirst(base as string)}ToHclTerraform(`
    const start = source.indexOf(hclFunction)
    const inner = hclEntriesOf(source.slice(start, source.indexOf("\n}\n", start)))
    const child: NestedBlock = {
      nesting_mode: entry.kind === "struct" ? "single" : entry.kind === "set" ? "set" : "list",
      block: blockOf(`${base}OutputReference`, inner, source),
    }
    if (cardinality === "OutputReference" && child.nesting_mode !== "single") child.max_items = 1
    if (member.required) child.min_items = 1
    block.block_types = { ...block.block_types, [member.name]: child }
  }
  return block
}

/** Schema of one resource, data source or of the provider itself. */
function schemaOf(packageFolder: string, folder: string, className: string): Block {
  const source = sourceOf(join(packageFolder, "lib", folder, "index.js"))
  const main = classesOf(source).get(className) ?? ""
  const entries = hclEntriesOf(main.slice(main.indexOf("synthesizeHclAttributes")))
  const block = blockOf(className, entries, source)
  // The generator leaves a reserved or inherited name out of the comments; `id` is in every schema.
  block.attributes = { id: { type: "string", optional: true, computed: true }, ...block.attributes }
  return block
}

const classNameOf = (folder: string) => {
  const name = camel(folder)
  return name.charAt(0).toUpperCase() + name.slice(1)
}

/** azurerm calls it `azurerm_key_vault`; the package `key-vault`, with an `A` when the name is a reserved word. */
function folderOf(type: string, prefix: string, folders: Set<string>): string {
  const plain = type.replace(/^azurerm_/, "").replaceAll("_", "-")
  const folder = [`${prefix}${plain}`, `${prefix}${plain}-resource`].find((name) => folders.has(name))
  if (!folder) throw new Error(`${type}: not in ${PACKAGE}`)
  return folder
}

function markSensitive(type: string, block: Block): void {
  for (const path of sensitiveAttributes[type] ?? []) {
    const names = path.split(".")
    const last = names.pop() as string
    const owner = names.reduce<Block | undefined>((at, name) => at?.block_types?.[name]?.block, block)
    const attribute = owner?.attributes?.[last]
    if (!attribute) throw new Error(`${type}.${path} is listed as sensitive but is not in the schema`)
    attribute.sensitive = true
  }
}

/** The nested blocks that the entries of `className` name; every one may be left out. */
function providerBlocks(source: string, className: string): Record<string, NestedBlock> {
  const start = source.indexOf(`export function ${lowerFirst(className)}ToHclTerraform(`)
  const entries = [...hclEntriesOf(source.slice(start, source.indexOf("\n}\n", start)))]
  return Object.fromEntries(
    entries
      .filter(([, { isBlock }]) => isBlock)
      .map(([name, { storage }]) => {
        const nested = storage.replace(/List$/, "")
        const at = source.indexOf(`export function ${lowerFirst(nested)}ToHclTerraform(`)
        const inner = hclEntriesOf(source.slice(at, source.indexOf("\n}\n", at)))
        const attributes = Object.fromEntries(
          [...inner].map(([key, entry]) => [key, { type: typeOfEntry(key, entry), optional: true as const }]),
        )
        return [name, { nesting_mode: "list" as const, max_items: 1, block: { attributes } }]
      }),
  )
}

/** Only what a check needs from the provider block: its arguments, and the blocks of `features` with theirs. */
function providerBlock(packageFolder: string): Block {
  const source = sourceOf(join(packageFolder, "lib/provider/index.js"))
  const main = classesOf(source).get("AzurermProvider") ?? ""
  const entries = hclEntriesOf(main.slice(main.indexOf("synthesizeHclAttributes")))
  const attributes: Record<string, Attribute> = {}
  for (const [name, entry] of entries) {
    if (!entry.isBlock) attributes[name] = { type: typeOfEntry(name, entry), optional: true }
  }
  const features: Block = { block_types: providerBlocks(source, "AzurermProviderFeatures") }
  return {
    attributes,
    block_types: { features: { nesting_mode: "list", min_items: 1, max_items: 1, block: features } },
  }
}

function extract(packageFolder: string): ProviderSchema {
  const manifest = JSON.parse(readFileSync(join(packageFolder, "package.json"), "utf8")) as {
    version: string
  }
  const folders = new Set(readdirSync(join(packageFolder, "lib")))
  const providerVersion = /providerVersion: '([\d.]+)'/.exec(
    readFileSync(join(packageFolder, "lib/key-vault/index.js"), "utf8"),
  )?.[1]
  if (!providerVersion) throw new Error("the package does not say its azurerm version")
  const read = (types: readonly string[], prefix: string) =>
    Object.fromEntries(
      [...types].sort().map((type) => {
        const folder = folderOf(type, prefix, folders)
        const block = schemaOf(packageFolder, folder, classNameOf(folder))
        markSensitive(type, block)
        return [type, block]
      }),
    )
  return {
    source: {
      package: `${PACKAGE}@${manifest.version}`,
      provider: "registry.terraform.io/hashicorp/azurerm",
      version: providerVersion,
      license:
        "Schema facts (names, types, optionality) read from the package above, which is under MPL-2.0.",
      written_by: "tools/terraform/extract-schema.ts",
    },
    provider: providerBlock(packageFolder),
    resources: read(usedTypes.resources, ""),
    dataSources: read(usedTypes.dataSources, "data-azurerm-"),
  }
}

const packageFolder = process.argv[2]
if (!packageFolder)
  throw new Error("usage: node tools/run.mjs tools/terraform/extract-schema.ts <unpacked package folder>")
const schema = extract(packageFolder)
// JSON Lines, one type a line: small enough to commit, and a new provider version still gives a readable diff.
const line =
  (kind: SchemaLine["kind"]) =>
  ([type, block]: [string, Block]) =>
    JSON.stringify({ kind, type, block })
const { source, provider, resources, dataSources } = schema
const text = `${[
  JSON.stringify({ source, provider }),
  ...Object.entries(resources).map(line("resource")),
  ...Object.entries(dataSources).map(line("data")),
].join("\n")}\n`
writeFileSync(join(import.meta.dirname, "azurerm-schema.jsonl"), text)
console.log(
  `azurerm ${source.version}: ${Object.keys(resources).length} resource types, ` +
    `${Object.keys(dataSources).length} data sources, ${Math.round(text.length / 1024)} KB`,
)
