import { readFileSync } from "node:fs"
import { join } from "node:path"

/** The types of `azurerm-schema.jsonl`, which follow `terraform providers schema -json`. */
export type CtyType = string | ["list" | "set" | "map", CtyType] | ["object", Record<string, CtyType>]

export type Attribute = {
  type: CtyType
  required?: true
  optional?: true
  computed?: true
  sensitive?: true
  write_only?: true
}

export type NestedBlock = {
  nesting_mode: "single" | "list" | "set"
  min_items?: number
  max_items?: number
  block: Block
}

export type Block = {
  attributes?: Record<string, Attribute>
  block_types?: Record<string, NestedBlock>
}

export type ProviderSchema = {
  source: { package: string; provider: string; version: string; license: string; written_by: string }
  provider: Block
  resources: Record<string, Block>
  dataSources: Record<string, Block>
}

/** A line of the file after the first, which holds `source` and `provider`. */
export type SchemaLine = { kind: "resource" | "data"; type: string; block: Block }

/** Reads the committed schema that lies beside this file. */
export function readSchema(): ProviderSchema {
  const file = join(import.meta.dirname, "azurerm-schema.jsonl")
  const [head, ...rest] = readFileSync(file, "utf8").trimEnd().split("\n")
  const lines = rest.map((line) => JSON.parse(line) as SchemaLine)
  const ofKind = (kind: SchemaLine["kind"]) =>
    Object.fromEntries(lines.filter((line) => line.kind === kind).map(({ type, block }) => [type, block]))
  return {
    ...(JSON.parse(head as string) as Pick<ProviderSchema, "source" | "provider">),
    resources: ofKind("resource"),
    dataSources: ofKind("data"),
  }
}
