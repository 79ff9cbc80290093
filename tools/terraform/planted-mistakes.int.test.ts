import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest"
import { checkPlan } from "./policies.ts"
import { checkEntities, checkRoutes } from "./sources-policy.ts"
import {
  checkFormat,
  type Deployment,
  initialise,
  planDeployment,
  readSources,
  unitTest,
  validate,
} from "./steps.ts"
import { openWorkspace, terraformVersion, type Workspace } from "./workspace.ts"

const available = (await terraformVersion()) !== undefined || process.env.CI !== undefined
const prod: Deployment = { environment: "prod", hosting: "flex", orderingStores: "postgres" }
const prodOnAks: Deployment = { ...prod, hosting: "aks" }

describe.runIf(available)("a planted mistake is found", () => {
  let workspace: Workspace
  const undo: (() => void)[] = []
  beforeAll(async () => {
    workspace = await openWorkspace()
    await initialise(workspace, ".")
    await initialise(workspace, "modules/storage")
  })
  afterEach(() => {
    for (const restore of undo.splice(0)) restore()
  })
  afterAll(() => workspace?.close())

  /** Replaces `right` by `wrong` in a file of the copy, until the test ends. */
  function plant(path: string, right: string | RegExp, wrong: string): void {
    const file = join(workspace.dir, path)
    const before = readFileSync(file, "utf8")
    const after = before.replace(right, wrong)
    expect(after, `${right} is not in ${path}`).not.toBe(before)
    undo.push(() => writeFileSync(file, before))
    writeFileSync(file, after)
  }

  async function findings(deployment: Deployment): Promise<string[]> {
    const plan = await planDeployment(workspace, deployment)
    const { entities, routes } = readSources(workspace)
    return [
      ...checkPlan(plan, deployment),
      ...checkEntities(plan, entities),
      ...checkRoutes(plan, routes),
    ].map(({ policy, address, message }) => `${policy}: ${address}: ${message}`)
  }

  describe("by terraform", () => {
    test("an argument that the provider does not have", async () => {
      plant("modules/storage/main.tf", "account_tier ", "account_level = 1\n  account_tier ")
      await expect(validate(workspace, "modules/storage")).rejects.toThrow(
        'An argument named "account_level" is not expected here',
      )
    })

    test("a required argument that is missing", async () => {
      plant("modules/storage/main.tf", /^ {2}account_tier .*\n/m, "")
      await expect(validate(workspace, "modules/storage")).rejects.toThrow(
        'The argument "account_tier" is required',
      )
    })

    test("a reference to an attribute that is not there", async () => {
      plant(
        "modules/storage/outputs.tf",
        "azurerm_storage_account.this.id",
        "azurerm_storage_account.this.identifier",
      )
      await expect(validate(workspace, "modules/storage")).rejects.toThrow(
        'This object has no argument, nested block, or exported attribute named\n"identifier"',
      )
    })

    test("a module that is not given what it needs", async () => {
      plant("main.data.tf", /^ {2}replication .*\n/m, "")
      await expect(validate(workspace, ".")).rejects.toThrow('The argument "replication" is required')
    })

    test("a file that is not formatted", async () => {
      plant("modules/storage/main.tf", "  account_tier ", " account_tier ")
      await expect(checkFormat(workspace)).rejects.toThrow("modules/storage/main.tf")
    })

    test("an assertion that no longer holds", async () => {
      plant(
        "modules/storage/main.tf",
        /shared_access_key_enabled( +)= false/,
        "shared_access_key_enabled$1= true",
      )
      await expect(unitTest(workspace, "modules/storage")).rejects.toThrow(
        "Storage is reached with Entra identities only.",
      )
    })

    test("public stores in prod, by variable", async () => {
      plant(
        "env/prod.tfvars",
        'address_space = "10.30.0.0/16"',
        'address_space = "10.30.0.0/16", public_access = { enabled = true }',
      )
      await expect(planDeployment(workspace, prod)).rejects.toThrow(
        "Only dev may open the stores' public endpoints.",
      )
    })
  })

  describe("by a policy", () => {
    test("an open network security group", async () => {
      plant(
        "modules/network/locals.tf",
        "source   = [local.prefixes.apim, local.prefixes.functions, local.prefixes.aks]",
        'source   = ["Internet"]',
      )
      expect(await findings(prod)).toEqual([
        'network rules: module.network.azurerm_network_security_rule.allow["endpoints-workloads"]: lets everybody in to port 10000, 1433, 443, 5432, 5671-5672 of nsg-vnet-eshop-prod-endpoints; only port 443 of the gateway may',
      ])
    })

    test("a size that is not in the table", async () => {
      plant("env/prod.tfvars", "GP_Standard_D4ds_v5", "GP_Standard_D96ds_v5")
      expect(await findings(prod)).toEqual([
        'allowed values: module.postgres.azurerm_postgresql_flexible_server.this: sku_name is "GP_Standard_D96ds_v5", allowed: "B_Standard_B1ms", "GP_Standard_D2ds_v5", "GP_Standard_D4ds_v5", "GP_Standard_D8ds_v5"',
      ])
    })

    test("a version that is not in the table", async () => {
      plant("env/prod.tfvars", 'version        = "1.33"', 'version        = "1.27"')
      expect(await findings(prodOnAks)).toEqual([
        'allowed values: module.aks[0].azurerm_kubernetes_cluster.this: kubernetes_version is "1.27", allowed: "1.32", "1.33", "1.34"',
      ])
    })

    test("a public data plane in prod, behind the variables' back", async () => {
      plant(
        "modules/postgres/main.tf",
        "public_network_access_enabled = var.public_access.enabled",
        "public_network_access_enabled = true",
      )
      expect(await findings(prod)).toEqual([
        "no public data plane: module.postgres.azurerm_postgresql_flexible_server.this: public_network_access_enabled is true, allowed: false",
      ])
    })

    test("an old TLS version", async () => {
      plant("modules/service-bus/main.tf", '= "1.2"', '= "1.0"')
      expect(await findings(prod)).toEqual([
        'tls: module.service_bus.azurerm_servicebus_namespace.this: minimum_tls_version is "1.0", allowed: "1.2"',
      ])
    })

    test("a firewall that only watches in prod", async () => {
      plant("modules/gateway/main.application_gateway.tf", "var.waf.mode", '"Detection"')
      expect(await findings(prod)).toEqual([
        'web application firewall: module.gateway.azurerm_web_application_firewall_policy.this: policy_settings.mode is "Detection", allowed: "Prevention"',
      ])
    })

    test("a store in one zone", async () => {
      plant("env/prod.tfvars", /^ {2}high_availability = \{ zone.*\n/m, "")
      expect(await findings(prod)).toEqual([
        'zone redundancy: module.postgres.azurerm_postgresql_flexible_server.this: high_availability.mode is undefined, allowed: "ZoneRedundant"',
      ])
    })

    test("a secret in clear", async () => {
      plant(
        "locals.settings.tf",
        "PAYMENT_URL = var.payment_url }",
        'PAYMENT_URL = var.payment_url, PAYMENT_TOKEN = "sk_live_4711" }',
      )
      expect(await findings(prod)).toEqual([
        'secrets: module.function_app["ordering"].azurerm_function_app_flex_consumption.this: app_settings.PAYMENT_TOKEN holds what looks like a secret',
      ])
    })

    test("shared keys", async () => {
      plant("modules/service-bus/main.tf", /local_auth_enabled( +)= false/, "local_auth_enabled$1= true")
      expect(await findings(prod)).toEqual([
        "identity only: module.service_bus.azurerm_servicebus_namespace.this: local_auth_enabled is true, allowed: false",
      ])
    })

    test("a tag that is missing", async () => {
      plant("modules/redis/main.tf", /tags( +)= var.tags/, 'tags$1= { owner = "me" }')
      expect(await findings(prod)).toEqual(
        ["application", "environment", "cost-center", "managed-by"].map(
          (tag) => `tags: module.redis[0].azurerm_managed_redis.this: has no tag ${tag}`,
        ),
      )
    })

    test("a grant that the access table does not tell", async () => {
      plant("modules/aks/outputs.tf", "value       = local.access", "value       = []")
      expect(await findings(prodOnAks)).toEqual([
        expect.stringMatching(/^access: output\.access: (\d+) grants, but \d+ rows in the access table$/),
      ])
    })

    test("another retention", async () => {
      plant("env/prod.tfvars", "retention_days = 90", "retention_days = 30")
      const found = await findings(prod)
      expect(found).toHaveLength(30)
      expect(found[0]).toContain("retention_in_days is 30, allowed: 90")
    })

    test("a property of the emulator's file that would be lost on the way", async () => {
      plant(
        "../service-bus/entities.json",
        '"MaxDeliveryCount": 10,',
        '"MaxDeliveryCount": 10, "AutoDeleteOnIdle": "PT5M",',
      )
      expect(await findings(prod)).toEqual([
        "service bus entities: catalog-events/basket: property AutoDeleteOnIdle is not carried over to Azure",
      ])
    })

    test("a route that lost its token", async () => {
      plant(
        "modules/gateway/main.api_management.tf",
        "if !operation.anonymous }",
        'if !operation.anonymous && key != "basket-post" }',
      )
      expect(await findings(prod)).toEqual([
        "routes: basket: POST is open but needs a token in the route table",
      ])
    })
  })
})
