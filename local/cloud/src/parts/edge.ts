import { existsSync, readdirSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import {
  type AppName,
  type Connections,
  type DatabaseName,
  databaseNames,
  developmentSecrets,
  repositoryRoot,
} from "../settings.ts"
import type { Damage, PartSpec } from "../supervisor/part.ts"
import { unreadableDatabase, unreadableJson } from "./damage.ts"
import { get } from "./probes.ts"

const routesFile = join(repositoryRoot, "infra", "gateway", "routes.json")
const storefront = join(repositoryRoot, "storefront", "dist")
const program = (specifier: string) => fileURLToPath(import.meta.resolve(specifier))
const isLive = (url: string) => async () => (await get(`${url}/health/live`))?.status === 200

/** Where the gateway finds the prerendered pages of a shop, which are of its data. */
export const pagesIn = (dataDirectory: string): string => join(dataDirectory, "pages")

/**
 * The gateway is up first, so that its health can say what is still missing.
 * @param options.telemetryPage where the telemetry is shown, if it is
 * @param options.faults where the switchboard of faults listens, if it does
 */
export function gatewayPart(
  port: number,
  dataDirectory: string,
  to: Connections,
  env: NodeJS.ProcessEnv,
  options: {
    readonly rateLimited: boolean
    readonly telemetryPage: string | undefined
    readonly faults: string | undefined
  },
): PartSpec {
  const upstreams = Object.entries(to.apps).flatMap(([name, url]) => ["--upstream", `${name}=${url}`])
  const { telemetryPage } = options
  const faults = options.faults === undefined ? [] : ["--faults", options.faults]
  const telemetry = telemetryPage === undefined ? [] : ["--telemetry", telemetryPage]
  return {
    name: "gateway",
    needs: [],
    layer: 0,
    address: to.gateway,
    graceMs: 5_000,
    launch: () => ({
      kind: "node",
      program: program("@eshop/gateway/main"),
      args: [
        ...["--port", String(port), "--routes", routesFile, "--issuer", to.identity, ...upstreams],
        ...["--storefront", storefront, "--pages", pagesIn(dataDirectory), "--payments", to.payments],
        ...telemetry,
        ...faults,
        ...(options.rateLimited ? [] : ["--no-rate-limits"]),
      ],
      env,
      channel: true,
    }),
    isReady: isLive(to.gateway),
  }
}

/** The local identity provider. */
export function identityPart(
  port: number,
  dataDirectory: string,
  to: Connections,
  env: NodeJS.ProcessEnv,
): PartSpec {
  return {
    name: "identity",
    needs: [],
    layer: 2,
    address: to.identity,
    graceMs: 3_000,
    launch: () => ({
      kind: "node",
      program: program("@eshop/identity-provider/main"),
      args: [
        ...["--port", String(port), "--issuer", to.identity],
        ...["--data-dir", join(dataDirectory, "identity"), "--routes", routesFile],
      ],
      env,
    }),
    isReady: isLive(to.identity),
    damage: () =>
      unreadableJson(join(dataDirectory, "identity", "signing-keys.json")) ??
      unreadableDatabase(join(dataDirectory, "identity", "grants.sqlite")),
  }
}

/** What the shop's webhook endpoint subscribes to, there as at Stripe. */
const webhookEvents = [
  "payment_intent.amount_capturable_updated",
  "payment_intent.payment_failed",
  "payment_intent.succeeded",
  "payment_intent.canceled",
  "refund.created",
  "refund.updated",
  "refund.failed",
  "charge.dispute.created",
  "charge.dispute.updated",
  "charge.dispute.closed",
]

/** The payment provider's stand-in. */
export function paymentsPart(
  port: number,
  dataDirectory: string,
  to: Connections,
  env: NodeJS.ProcessEnv,
): PartSpec {
  return {
    name: "payments",
    needs: [],
    layer: 2,
    address: to.payments,
    graceMs: 3_000,
    launch: () => ({
      kind: "node",
      program: program("@eshop/payment-simulator/main"),
      args: [
        ...["--port", String(port), "--data-dir", join(dataDirectory, "payments")],
        ...["--webhook-url", `${to.apps.ordering}/payments/webhook`],
        ...["--webhook-events", webhookEvents.join(",")],
      ],
      env: {
        ...env,
        PAYMENT_API_KEY: developmentSecrets.paymentApiKey,
        PAYMENT_WEBHOOK_SECRET: developmentSecrets.paymentWebhookSecret,
      },
    }),
    isReady: isLive(to.payments),
    damage: () => unreadableDatabase(join(dataDirectory, "payments", "payments.sqlite")),
  }
}

/** What the functions host keeps of an app: its keys and, where it has orchestrations, a task hub. */
function damagedState(directory: string): Damage | undefined {
  const hubs = join(directory, "durable")
  const databases = existsSync(hubs) ? readdirSync(hubs).filter((name) => name.endsWith(".db")) : []
  const checked = databases.map((name) => unreadableDatabase(join(hubs, name)))
  return [unreadableJson(join(directory, "keys.json")), ...checked].find((damage) => damage !== undefined)
}

const storesOf: Record<AppName, readonly string[]> = {
  catalog: ["postgres", "servicebus"],
  basket: ["postgres", "servicebus"],
  discount: ["storage", "servicebus"],
  ordering: ["postgres", "servicebus"],
}

/** Apps that do without Redis as well. */
const usesRedis: ReadonlySet<AppName> = new Set(["basket", "discount"])

const hasDatabase = (app: string): app is DatabaseName => (databaseNames as readonly string[]).includes(app)

/** One function app in the functions host, its database migrated first. @param env with the app's settings */
export function appPart(
  app: AppName,
  port: number,
  dataDirectory: string,
  to: Connections,
  env: NodeJS.ProcessEnv,
): PartSpec {
  const root = join(repositoryRoot, "functions", app)
  const state = join(dataDirectory, "functions", app)
  return {
    name: app,
    needs: usesRedis.has(app) && to.redis ? [...storesOf[app], "redis"] : storesOf[app],
    layer: 1,
    address: to.apps[app],
    graceMs: 15_000,
    async prepare() {
      const migrations = join(root, "migrations", "postgres")
      if (!hasDatabase(app) || !existsSync(migrations)) return
      const { applyMigrations } = await import("@eshop/building-blocks/store/postgres/migrations")
      await applyMigrations(to.postgres[app], migrations)
    },
    launch: () => ({
      kind: "node",
      program: join(repositoryRoot, "local", "functions-host", "bin", "functions-host.mjs"),
      args: [
        ...["start", "--script-root", root, "--port", String(port)],
        ...["--host-json", join(repositoryRoot, "host.json")],
        ...["--state-dir", state, "--exit-with-parent"],
      ],
      // The host puts the level in front of each line (see PartLog).
      env: { ...env, ESHOP_LOG_LEVELS: "1" },
    }),
    async isReady() {
      const answer = await get(`${to.apps[app]}/admin/host/status`)
      return answer?.status === 200 && JSON.parse(answer.body).state === "Running"
    },
    damage: () => damagedState(state),
  }
}
