import { execFile } from "node:child_process"
import { readFileSync } from "node:fs"
import { mkdtemp, readdir, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { promisify } from "node:util"
import { ServiceBusClient } from "@azure/service-bus"
import { functionsOf } from "@eshop/building-blocks/app/functions"
import { startHost } from "@eshop/functions-host/host"
import { startServiceBusEmulator } from "@eshop/service-bus-emulator/emulator"
import { afterAll, beforeAll, expect, it } from "vitest"
import { appFolder, root } from "../../tools/apps.ts"
import { buildApp } from "../../tools/build-app.ts"
import { bundle } from "../../tools/bundle.ts"
import { readApp } from "../../tools/generate/sources.ts"

let folder: string
let serviceBus: Awaited<ReturnType<typeof startServiceBusEmulator>>

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "bundles-"))
  serviceBus = await startServiceBusEmulator({
    configFile: join(root, "infra/service-bus/entities.json"),
    port: 0,
  })
})
afterAll(async () => {
  await serviceBus.stop()
  await rm(folder, { recursive: true, force: true })
})

/** Of local.settings.example.json, but nobody listens on port 1: each store is out, which no app may need for its start. */
function settings(): Record<string, string> {
  const { Values } = JSON.parse(readFileSync(join(root, "local.settings.example.json"), "utf8"))
  const away = Object.entries(Values as Record<string, string>).map(([name, value]) => [
    name,
    value.replace(/(?<=^\w+:\/\/(\w+:\w+@)?)[\w.]+:\d+/, "127.0.0.1:1"),
  ])
  return {
    ...Object.fromEntries(away),
    AzureWebJobsStorage: "",
    DISCOUNT_TABLES:
      "DefaultEndpointsProtocol=http;AccountName=a;AccountKey=YQ==;TableEndpoint=http://127.0.0.1:1/a;",
    ServiceBus: serviceBus.connectionString,
  }
}

// Catalog's list and a guest's cart need no token and miss their database; the others want a token first.
it.each([
  ["catalog", "products", 503],
  ["basket", "cart", 503],
  ["discount", "coupons/WELCOME10", 401],
  ["ordering", "orders", 401],
])("the bundle of %s registers its functions and starts without its stores", async (app, path, status) => {
  const out = join(folder, app)
  await buildApp(app, out)
  const withCloud = app === "ordering" ? ["azure-cosmos.cjs", "azure-storage-blob.cjs"] : []
  const withPayments = app === "ordering" ? ["stripe.cjs"] : []
  const withMigrations = app === "discount" ? [] : ["migrate.cjs", "migrations", "mssql.cjs"]
  expect((await readdir(out)).filter((file) => !file.endsWith(".map")).sort()).toEqual([
    ...[...withCloud, "azure-identity.cjs"].sort(),
    "host.json",
    "main.cjs",
    ...withMigrations,
    "package.json",
    ...withPayments,
  ])

  const host = await startHost({
    scriptRoot: out,
    port: 0,
    env: settings(),
    stateDir: join(folder, `${app}-state`),
  })
  try {
    const declared = functionsOf(await readApp(root, app)).map(({ name }) => name)
    expect(host.functions.map(({ metadata }) => metadata.name).sort()).toEqual(declared.sort())
    expect(host.functions.filter(({ error }) => error !== undefined)).toEqual([])
    const answer = await fetch(`${host.baseUrl}/${path}`)
    expect([answer.status, answer.headers.get("content-type")]).toEqual([status, "application/problem+json"])
    const document = await fetch(`${host.baseUrl}/openapi.json`)
    expect(await document.text()).toBe(
      JSON.stringify(JSON.parse(readFileSync(join(appFolder(app), "openapi.json"), "utf8"))),
    )
  } finally {
    await host.stop()
  }
})

it("a bundle brings the migrations", async () => {
  const migrations = (of: string) => readdir(join(of, "migrations/postgres"))
  expect(await migrations(join(folder, "catalog"))).toEqual(await migrations(appFolder("catalog")))
})

/** Bundles a program of the fixtures as an app is, and runs it. @returns what it printed */
async function runBundled(name: string, env: Record<string, string>): Promise<string> {
  const bundled = join(folder, name, "main.cjs")
  await bundle(join(import.meta.dirname, `fixtures/${name}.ts`), bundled)
  const { stdout } = await promisify(execFile)(process.execPath, [bundled], { env })
  return stdout.trim()
}

it("a bundle publishes to Service Bus", async () => {
  expect(await runBundled("publish", { ServiceBus: serviceBus.connectionString })).toBe("published")
  const client = new ServiceBusClient(serviceBus.connectionString)
  try {
    const [message] = await client
      .createReceiver("ordering-events", "catalog", { receiveMode: "receiveAndDelete" })
      .receiveMessages(1, { maxWaitTimeInMs: 10_000 })
    expect(message?.subject).toBe("eshop.ordering.order-created.v1")
  } finally {
    await client.close()
  }
})

it("a bundle loads SQL Server's driver when it needs it", async () => {
  expect(await runBundled("sql-server", {})).toMatch(
    /^SQL Server is not available: Failed to connect to 127\.0\.0\.1:1/,
  )
})

it("a bundle loads the library of the app's identity when it needs it", async () => {
  // One source of identities, without what it needs: it says so and asks nobody.
  expect(await runBundled("sign-in", { AZURE_TOKEN_CREDENTIALS: "EnvironmentCredential" })).toMatch(
    /EnvironmentCredential is unavailable/,
  )
})
