/** The shape of `azurerm-schema.json`, which follows `terraform providers schema -json`. */
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

export type TypeSchema = { version: number; block: Block }

export type ProviderSchema = {
  source: { package: string; provider: string; version: string; license: string; written_by: string }
  provider: TypeSchema
  resource_schemas: Record<string, TypeSchema>
  data_source_schemas: Record<string, TypeSchema>
}
