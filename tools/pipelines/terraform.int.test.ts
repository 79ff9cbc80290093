// The scripts of the terraform stack with a real Terraform: a module without providers, its state in a file.
import { once } from "node:events"
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from "vitest"
import { root as repository } from "../apps.ts"
import { type Program, whyMissing } from "../kubernetes/programs.ts"
import { runStepOf } from "./testing/script.ts"
import type { Value } from "./value.ts"

const terraform: Program = {
  name: "terraform",
  install: "https://developer.hashicorp.com/terraform/install, 1.11 or later",
}
const missing = process.platform === "linux" ? whyMissing(terraform) : "need Linux, as the agents have it"
const template = (name: string) => `.azure-pipelines/templates/terraform/${name}.yaml`

const main = `terraform {
  backend "local" {}
}

variable "owner" {
  type = string
}

variable "postgres_administrator_password" {
  type      = string
  ephemeral = true
}

resource "terraform_data" "this" {
  input = var.owner
}
`

describe.skipIf(missing)(`the infrastructure's scripts ${missing ?? ""}`, () => {
  let folder: string
  let module: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "eshop-terraform-steps-"))
    module = join(folder, "module")
    mkdirSync(join(module, "env"), { recursive: true })
    writeFileSync(join(module, "main.tf"), main)
    // Terraform writes none for a module without providers.
    writeFileSync(join(module, ".terraform.lock.hcl"), "")
    writeFileSync(join(module, "env/dev.backend.hcl"), `path = "${join(folder, "dev.tfstate")}"\n`)
    owner("team-a")
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  const owner = (name: string) => writeFileSync(join(module, "env/dev.tfvars"), `owner = "${name}"\n`)
  const artefact = () => join(folder, "terraform-dev")

  async function run(name: string, step: string, commit = "1a2b3c4", more: Record<string, string> = {}) {
    const variables = {
      "System.AccessToken": "access",
      "Build.SourceVersion": commit,
      "Build.ArtifactStagingDirectory": folder,
      "Pipeline.Workspace": folder,
      "Agent.TempDirectory": folder,
      postgresAdministratorPassword: "unused",
      ...more,
    }
    const parameters: Record<string, Value> =
      name === "build"
        ? {}
        : {
            environment: "dev",
            serviceConnection: "eshop-dev",
            ...(name === "publish" && { publish: "plan" }),
          }
    // What AzureCLI@2 does with addSpnToEnvironment.
    const exported =
      "export servicePrincipalId=id tenantId=tenant idToken=token AZURESUBSCRIPTION_SERVICE_CONNECTION_ID=connection\n"
    return runStepOf(template(name), step, parameters, { cwd: module, variables, before: exported })
  }
  const plan = () => run("publish", "plan")
  const apply = (commit?: string) => run("deploy", "apply", commit)
  const drift = () => run("drift", "drift")
  const state = () =>
    existsSync(join(folder, "dev.tfstate")) ? readFileSync(join(folder, "dev.tfstate"), "utf8") : ""

  it("apply what was planned, once, and then find no changes and no drift", async () => {
    const planned = await plan()
    expect([planned.code, planned.variables.get("plan.changes")]).toEqual([0, "true"])
    expect(readFileSync(join(artefact(), "plan.txt"), "utf8")).toContain(
      "terraform_data.this will be created",
    )
    // What stands in git afterwards does not count: the plan does.
    owner("team-b")
    expect((await apply()).code).toBe(0)
    expect(state()).toContain("team-a")
    expect(state()).not.toContain("team-b")
    owner("team-a")
    expect((await drift()).code).toBe(0)
    const again = await plan()
    expect([again.code, again.variables.get("plan.changes")]).toEqual([0, "false"])
  })

  it("refuse a plan of another commit, a changed plan, and one that the state has overtaken", async () => {
    await plan()
    const other = await apply("ffffff")
    expect([other.code, other.output.includes("error: The plan is of another commit")]).toEqual([1, true])
    const file = join(artefact(), "plan")
    const intact = readFileSync(file)
    appendFileSync(file, "x")
    expect((await apply()).code).toBe(1)
    expect(state()).toBe("")
    writeFileSync(file, intact)
    expect((await apply()).code).toBe(0)
    const applied = state()
    const stale = await apply()
    expect([stale.code, stale.output.includes("Saved plan is stale")]).toEqual([1, true])
    expect(state()).toBe(applied)
  })

  it("fail on drift and change nothing", async () => {
    await plan()
    await apply()
    const before = state()
    owner("somebody else")
    const { code, output } = await drift()
    expect([code, output.includes("error: dev differs from git")]).toEqual([2, true])
    expect(state()).toBe(before)
  })

  it("fail when the plan fails, and publish none", async () => {
    rmSync(join(module, "env/dev.tfvars"))
    expect((await plan()).code).toBe(1)
    expect(existsSync(join(artefact(), "sums"))).toBe(false)
  })

  it.each([
    ["build", "validate"],
    ["publish", "plan"],
    ["drift", "drift"],
  ])("take no provider that git does not lock: %s", async (name, step) => {
    rmSync(join(module, ".terraform.lock.hcl"))
    const { code, output } = await run(name, step)
    expect([code, output]).toEqual([
      1,
      "error: There is no .terraform.lock.hcl in git: see docs/pipelines.md",
    ])
    writeFileSync(join(module, ".terraform.lock.hcl"), "")
    writeFileSync(join(module, "env/dev.tfvars"), 'owner = "team-a"\n')
    expect((await run(name, step)).code).toBe(step === "drift" ? 2 : 0)
  })

  it.each([
    ["publish", "plan"],
    ["deploy", "apply"],
    ["drift", "drift"],
  ])("ask Azure DevOps for a token whenever they need one: %s", async (name, step) => {
    await plan()
    const backend = 'use_azuread_auth = true\nstorage_account_name = "st"\ncontainer_name = "c"\nkey = "k"\n'
    writeFileSync(join(module, "main.tf"), main.replace("local", "azurerm"))
    writeFileSync(join(module, "env/dev.backend.hcl"), backend)
    const asked: unknown[] = []
    const server = createServer(({ method, url, headers }, response) => {
      asked.push([method, new URL(url ?? "", "http://host").searchParams, headers.authorization])
      response.writeHead(400).end()
    }).listen(0, "127.0.0.1")
    onTestFinished(() => void server.close())
    await once(server, "listening")
    const uri = `http://127.0.0.1:${(server.address() as AddressInfo).port}/oidctoken`
    const { code } = await run(name, step, "1a2b3c4", { "System.OidcRequestUri": uri })
    const query = "api-version=7.1&audience=api%3A%2F%2FAzureADTokenExchange&serviceConnectionId=connection"
    expect([code, asked]).toEqual([1, [["POST", new URLSearchParams(query), "Bearer access"]]])
  })

  it("find infra/terraform formatted, and say where a file is not", async () => {
    const parameters = {}
    const good = await runStepOf(template("linting"), "lint", parameters, {
      cwd: join(repository, "infra/terraform"),
    })
    expect(good.code).toBe(0)
    writeFileSync(join(module, "main.tf"), main.replace("  type = string", "    type=string"))
    const bad = await runStepOf(template("linting"), "lint", parameters, { cwd: module })
    expect([bad.code === 0, bad.output.includes("main.tf")]).toEqual([false, true])
  })
})
