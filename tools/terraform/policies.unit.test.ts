import { describe, expect, test } from "vitest"
import { renderAccess } from "./access-table.ts"
import type { Plan, Resource } from "./plan.ts"
import { checkPlan } from "./policies.ts"

const planOf = (...resources: Pick<Resource, "type" | "values">[]): Plan => ({
  configuration: { provider_config: { azurerm: { expressions: {} } } },
  planned_values: {
    root_module: {
      resources: resources.map((resource) => ({
        ...resource,
        mode: "managed",
        address: `${resource.type}.x`,
      })),
    },
  },
})
const rule = (values: object) => ({
  type: "azurerm_network_security_rule",
  values: {
    direction: "Inbound",
    access: "Allow",
    protocol: "Tcp",
    network_security_group_name: "nsg-vnet-endpoints",
    ...values,
  },
})
const messages = (plan: Plan, environment = "prod") =>
  checkPlan(plan, { environment }).map(({ policy, message }) => `${policy}: ${message}`)

describe("network rules", () => {
  test.each(["*", "Internet", "0.0.0.0/0", "::/0", "Any"])("finds the source %s", (source_address_prefix) => {
    expect(messages(planOf(rule({ source_address_prefix, destination_port_range: "22" })))).toEqual([
      "network rules: lets everybody in to port 22 of nsg-vnet-endpoints; only port 443 of the gateway may",
    ])
  })

  test("finds everybody in a list of sources", () => {
    const open = rule({
      source_address_prefixes: ["10.0.0.0/8", "0.0.0.0/0"],
      destination_port_ranges: ["443"],
    })
    expect(messages(planOf(open))).toHaveLength(1)
  })

  test("finds a rule written inside its group", () => {
    const group = {
      type: "azurerm_network_security_group",
      values: {
        name: "nsg-vnet-aks",
        security_rule: [
          { direction: "Inbound", access: "Allow", source_address_prefix: "*", destination_port_range: "*" },
        ],
      },
    }
    expect(messages(planOf(group))).toEqual([
      "network rules: lets everybody in to port * of nsg-vnet-aks; only port 443 of the gateway may",
    ])
  })

  test("lets everybody in to 443 of the gateway, and only there", () => {
    const https = { source_address_prefix: "Internet", destination_port_ranges: ["443"] }
    expect(messages(planOf(rule({ ...https, network_security_group_name: "nsg-vnet-gateway" })))).toEqual([])
    expect(
      messages(
        planOf(
          rule({
            ...https,
            network_security_group_name: "nsg-vnet-gateway",
            destination_port_ranges: ["443", "80"],
          }),
        ),
      ),
    ).toHaveLength(1)
  })

  test("does not mind what is refused or goes out", () => {
    const everybody = { source_address_prefix: "*", destination_port_range: "*" }
    expect(
      messages(planOf(rule({ ...everybody, access: "Deny" }), rule({ ...everybody, direction: "Outbound" }))),
    ).toEqual([])
  })
})

describe("secrets", () => {
  const app = (app_settings: Record<string, string>) =>
    messages(planOf({ type: "azurerm_linux_function_app", values: { app_settings } }))

  test("takes a Key Vault reference or a URL without a password", () => {
    expect(
      app({
        CATALOG_DB: "@Microsoft.KeyVault(SecretUri=https://kv1.vault.azure.net/secrets/catalog-db)",
        BASKET_DB: "postgresql://id-eshop-dev-basket@psql.example:5432/basket",
        ORDERING_DB: "mssql://sql.example:1433/ordering",
      }),
    ).toEqual([])
  })

  test("finds a key in clear, whatever the setting is called", () => {
    expect(app({ PAYMENT_API_KEY: "abc" })).toEqual([
      "secrets: app setting PAYMENT_API_KEY is not a Key Vault reference",
    ])
    expect(app({ ANYTHING: "Endpoint=sb://x/;SharedAccessKey=abc" })).toEqual([
      "secrets: app_settings.ANYTHING holds what looks like a secret",
    ])
    expect(app({ CATALOG_DB: "postgresql://eshop:geheim@psql.example/catalog" })).toEqual([
      "secrets: app setting CATALOG_DB is not a Key Vault reference",
      "secrets: app_settings.CATALOG_DB holds what looks like a secret",
    ])
  })

  test("finds a password that would be in the state", () => {
    expect(
      messages(
        planOf({ type: "azurerm_linux_virtual_machine", values: { administrator_password: "geheim" } }),
      ),
    ).toEqual([
      "secrets: administrator_password has a value in the plan: use the write-only argument or an identity",
    ])
  })
})

test("a value that is only known after apply is not accepted", () => {
  const account = { type: "azurerm_cosmosdb_account", values: { minimal_tls_version: undefined } }
  expect(messages(planOf(account), "dev")).toContain(
    'tls: minimal_tls_version is undefined, allowed: "Tls12"',
  )
})

test("the access table says where a row applies, and is the same for any order of rows", () => {
  const row = (principal: string) => ({ principal, role: "AcrPull", scope: "registry", reason: "Pull." })
  const text = renderAccess([row("a"), row("b")], [row("c"), row("a")], [])
  expect(text).toContain(
    "| a | AcrPull | registry | Pull. | both |\n| b | AcrPull | registry | Pull. | flex |\n| c | AcrPull | registry | Pull. | aks |",
  )
  expect(renderAccess([row("b"), row("a")], [row("a"), row("c")], [])).toBe(text)
})
