/** The parts of `terraform show -json <plan>` that the policies read. */
export type Plan = {
  planned_values: {
    root_module: PlannedModule
    outputs?: Record<string, { value?: unknown }>
  }
  /** The root's variables as given. */
  variables?: Record<string, { value?: unknown }>
  configuration: { provider_config: { azurerm: { expressions: ProviderExpressions } } }
}

/** The provider block as written: `constant_value` of what is no reference. */
type ProviderExpressions = {
  resource_provider_registrations?: { constant_value?: string }
  resource_providers_to_register?: { constant_value?: string[] }
  features?: {
    storage?: { data_plane_available?: { constant_value?: boolean } }[]
    key_vault?: { purge_soft_delete_on_destroy?: { constant_value?: boolean } }[]
  }[]
}

/** A resource of which nothing is known before the apply has no `values` at all. */
type PlannedModule = {
  resources?: (Omit<Resource, "values"> & { values?: Resource["values"] })[]
  child_modules?: PlannedModule[]
}

/** A planned resource; an attribute that is only known after apply is missing from `values`. */
export type Resource = {
  address: string
  mode: "managed" | "data"
  type: string
  index?: string | number
  values: Record<string, unknown>
}

/** Every managed resource of the plan, those of its modules included. */
export function resourcesOf(plan: Plan): Resource[] {
  const collect = (module: PlannedModule): Resource[] => [
    ...(module.resources ?? [])
      .filter((resource) => resource.mode === "managed")
      .map((resource) => ({ ...resource, values: resource.values ?? {} })),
    ...(module.child_modules ?? []).flatMap(collect),
  ]
  return collect(plan.planned_values.root_module)
}

/**
 * The values at a dotted path; lists (Terraform's blocks) are walked through, so one path can have several values,
 * and so is a list at its end.
 * A value that is missing or only known after apply is `undefined`.
 */
export function valuesAt(value: unknown, path: string): unknown[] {
  const [name, ...rest] = path.split(".")
  if (Array.isArray(value)) {
    return value.length === 0 ? [undefined] : value.flatMap((item) => valuesAt(item, path))
  }
  const inner = (value as Record<string, unknown> | null | undefined)?.[name as string]
  if (rest.length > 0) return valuesAt(inner, rest.join("."))
  return Array.isArray(inner) && inner.length > 0 ? inner : [inner]
}
