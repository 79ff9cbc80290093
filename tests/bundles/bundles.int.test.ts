import { execFile, spawnSync } from "node:child_process"
import { once } from "node:events"
import { readFileSync } from "node:fs"
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises"
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import { createServer as createSecureServer } from "node:https"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { promisify } from "node:util"
import { gunzipSync } from "node:zlib"
import { ServiceBusClient } from "@azure/service-bus"
import { functionsOf } from "@eshop/building-blocks/app/functions"
import { startHost } from "@eshop/functions-host/host"
import { startServiceBusEmulator } from "@eshop/service-bus-emulator/emulator"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { appFolder, apps, root } from "../../tools/apps.ts"
import { bundle } from "../../tools/bundle.ts"
import { readApp } from "../../tools/generate/sources.ts"

const dist = join(root, "dist")
let folder: string
let serviceBus: Awaited<ReturnType<typeof startServiceBusEmulator>>

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "bundles-"))
  serviceBus = await startServiceBusEmulator({
    configFile: join(root, "infra/service-bus/entities.json"),
    port: 0,
  })
  // The documented command: `npm run build`.
  const { stdout } = await promisify(execFile)(process.execPath, [join(root, "tools/build.ts")])
  expect(stdout.match(/^dist\/\w+/gm)?.sort()).toEqual(apps.map((app) => `dist/${app}`).sort())
}, 300_000)
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
  const out = join(dist, app)
  const withCloud = app === "ordering" ? ["azure-cosmos.cjs", "azure-storage-blob.cjs"] : []
  const withPayments = app === "ordering" ? ["stripe.cjs"] : []
  const withTelemetry = ["otlp", "prometheus", "sdk"].map((part) => `opentelemetry-${part}.cjs`)
  const withMigrations = app === "discount" ? [] : ["migrate.cjs", "migrations", "mssql.cjs"]
  expect((await readdir(out)).filter((file) => !file.endsWith(".map")).sort()).toEqual([
    ...[...withCloud, "azure-identity.cjs", "azure-monitor.cjs"].sort(),
    "host.json",
    "main.cjs",
    ...withMigrations,
    ...withTelemetry,
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
  expect(await migrations(join(dist, "catalog"))).toEqual(await migrations(appFolder("catalog")))
})

const bundled = new Map<string, Promise<unknown>>()

/** Bundles a program of the fixtures as an app is, once, and runs it. @returns what it printed */
async function runBundled(name: string, env: Record<string, string>): Promise<string> {
  const program = join(folder, name, "main.cjs")
  const made = bundled.get(name) ?? bundle(join(import.meta.dirname, `fixtures/${name}.ts`), program)
  bundled.set(name, made)
  await made
  const { stdout } = await promisify(execFile)(process.execPath, [program], { env })
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

describe("telemetry in a bundle", () => {
  /** Takes whatever is sent to it. @returns the paths that were asked, and the bodies, unpacked */
  async function receiver(certificate?: { key: string; cert: string }) {
    const asked: string[] = []
    const bodies: string[] = []
    const take = async (request: IncomingMessage, response: ServerResponse) => {
      const parts: Buffer[] = []
      for await (const part of request) parts.push(part)
      const body = Buffer.concat(parts)
      asked.push(request.url ?? "")
      bodies.push(String(request.headers["content-encoding"] === "gzip" ? gunzipSync(body) : body))
      response.writeHead(200, { "content-type": "application/json" })
      response.end(JSON.stringify({ itemsReceived: 1, itemsAccepted: 1, errors: [] }))
    }
    const server = certificate ? createSecureServer(certificate, take) : createServer(take)
    server.listen(0, "127.0.0.1")
    await once(server, "listening")
    const url = `${certificate ? "https" : "http"}://127.0.0.1:${(server.address() as AddressInfo).port}`
    return { url, asked, bodies, close: () => server.close() }
  }

  it("is not loaded where no setting asks for it", async () => {
    expect(await runBundled("telemetry", {})).toMatch(/nobody listens$/)
  })

  it("goes out by OTLP, all three signals", async () => {
    const to = await receiver()
    expect(await runBundled("telemetry", { OTEL_EXPORTER_OTLP_ENDPOINT: to.url })).toMatch(/told$/)
    to.close()
    expect(to.asked.sort()).toEqual(["/v1/logs", "/v1/metrics", "/v1/traces"])
  })

  /** A certificate of our own for the loopback interface. @returns its files */
  async function selfSigned(): Promise<{ key: string; cert: string }> {
    const key = join(folder, "key.pem")
    const cert = join(folder, "cert.pem")
    await promisify(execFile)("openssl", [
      ...[
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
        "-days",
        "1",
      ],
      ...["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", cert],
    ])
    return { key, cert }
  }

  // Azure's exporter speaks TLS alone.
  const withoutOpenssl = !process.env.CI && spawnSync("openssl", ["version"]).status !== 0
  it.skipIf(withoutOpenssl)("goes out to Azure Monitor, all three signals (needs openssl)", async () => {
    const files = await selfSigned()
    const to = await receiver({
      key: readFileSync(files.key, "utf8"),
      cert: readFileSync(files.cert, "utf8"),
    })
    const key = "00000000-0000-0000-0000-000000000000"
    const said = await runBundled("telemetry", {
      APPLICATIONINSIGHTS_CONNECTION_STRING: `InstrumentationKey=${key};IngestionEndpoint=${to.url}/`,
      APPLICATION_INSIGHTS_NO_STATSBEAT: "true",
      NODE_EXTRA_CA_CERTS: files.cert,
    })
    to.close()
    expect(said).toMatch(/told$/)
    expect(new Set(to.asked)).toEqual(new Set(["/v2.1/track"]))
    const kinds = [...to.bodies.join().matchAll(/"baseType":"(\w+)"/g)].map(([, kind]) => kind)
    expect(new Set(kinds)).toEqual(new Set(["MessageData", "MetricData", "RequestData"]))
  })

  it("is served to Prometheus", async () => {
    expect(await runBundled("telemetry", { OTEL_METRICS_EXPORTER: "prometheus" })).toMatch(/told 1$/)
  })

  it("is one version of OpenTelemetry", async () => {
    const built = join(dist, "ordering")
    const maps = (await readdir(built)).filter((file) => file.endsWith(".map"))
    const sources = maps.flatMap(
      (file) => JSON.parse(readFileSync(join(built, file), "utf8")).sources as string[],
    )
    const packages = sources.flatMap((file) => file.match(/node_modules\/.*@opentelemetry\/[^/]+/)?.[0] ?? [])
    const folders = [...new Set(packages)]
    const names = folders.map((path) => path.replace(/^.*node_modules\//, ""))
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([])
    const versionOf = async (path: string) =>
      JSON.parse(await readFile(join(root, path, "package.json"), "utf8")).version as string
    // Instrumentations and detectors of Azure Monitor's distribution, which it loads and are off, have versions of their own.
    const isOfTheSdk = /\/(api|api-logs|core|resources|semantic-conventions|(sdk|otlp|exporter)-[\w-]+)$/
    const versions = await Promise.all(folders.filter((path) => isOfTheSdk.test(path)).map(versionOf))
    // The API, the stable part, the experimental part, and the names that the exporters use.
    expect([...new Set(versions)].sort()).toEqual(["0.221.0", "1.45.0", "1.9.1", "2.10.0"])
  })
})
