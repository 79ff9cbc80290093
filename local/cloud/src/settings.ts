import { dirname } from "node:path"
import { fileURLToPath } from "node:url"

/** The checkout that this launcher belongs to. */
export const repositoryRoot = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))))

/** The four function apps. */
export const appNames = ["catalog", "basket", "discount", "ordering"] as const
export type AppName = (typeof appNames)[number]

/** Contexts that keep their data in PostgreSQL, each in a database of its own. */
export const databaseNames = ["catalog", "basket", "ordering"] as const
export type DatabaseName = (typeof databaseNames)[number]

/** The port that each part listens on unless another is asked for. All are bound to 127.0.0.1. */
export const defaultPorts = {
  gateway: 8080,
  identity: 8090,
  payments: 8091,
  telemetry: 8092,
  faults: 8093,
  catalog: 7071,
  basket: 7072,
  discount: 7073,
  ordering: 7074,
  servicebus: 5672,
  storage: 10002,
  postgres: 54329,
  redis: 63790,
} as const

export type PartName = keyof typeof defaultPorts
export type Ports = Record<PartName, number>
export const partNames = Object.keys(defaultPorts) as PartName[]

export const isAppName = (name: string): name is AppName => (appNames as readonly string[]).includes(name)
export const isPartName = (name: string): name is PartName => name in defaultPorts

/** The token audience of the whole shop, as infra/gateway/routes.json has it. */
export const audience = "eshop"

/**
 * Secrets of the simulators. Well-known on purpose: they open nothing but simulators on this machine's loopback
 * interface, which hand a token to anyone who asks.
 */
export const developmentSecrets = {
  paymentApiKey: "sk_test_eshop_local",
  paymentWebhookSecret: "whsec_eshop_local",
  clientSecret: (client: string) => `development-secret-of-${client}`,
}

/** Account and key that Microsoft documents for every local storage emulator. */
const STORAGE_ACCOUNT = "devstoreaccount1"
const STORAGE_KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="

/** How everything is reached: what the apps are given as settings and what tests connect to. */
export interface Connections {
  gateway: string
  identity: string
  payments: string
  apps: Record<AppName, string>
  postgres: Record<DatabaseName, string>
  serviceBus: string
  storage: string
  /** Undefined where no redis-server runs. */
  redis: string | undefined
  /** Base URL that gateway and apps send their traces, metrics and logs to (OTLP over HTTP); undefined: nowhere. */
  otlp: string | undefined
}

/** Where the page of the part `telemetry` is, and below it what it is sent. */
export const telemetryAddress = (ports: Ports): string => `http://localhost:${ports.telemetry}`

/** Where the switchboard of faults listens. */
export const faultsAddress = (ports: Ports): string => `http://localhost:${ports.faults}`

/** Derives every address from the ports. @param otlp where telemetry goes, if anywhere */
export function connections(
  ports: Ports,
  databasePassword: string,
  withRedis: boolean,
  otlp?: string,
): Connections {
  const http = (name: PartName) => `http://localhost:${ports[name]}`
  const database = (name: DatabaseName) =>
    `postgres://${name}:${databasePassword}@127.0.0.1:${ports.postgres}/${name}`
  return {
    gateway: http("gateway"),
    identity: http("identity"),
    payments: http("payments"),
    apps: {
      catalog: http("catalog"),
      basket: http("basket"),
      discount: http("discount"),
      ordering: http("ordering"),
    },
    postgres: {
      catalog: database("catalog"),
      basket: database("basket"),
      ordering: database("ordering"),
    },
    serviceBus: `Endpoint=sb://127.0.0.1:${ports.servicebus};SharedAccessKeyName=RootManageSharedAccessKey;SharedAccessKey=SAS_KEY_VALUE;UseDevelopmentEmulator=true;`,
    storage: `DefaultEndpointsProtocol=http;AccountName=${STORAGE_ACCOUNT};AccountKey=${STORAGE_KEY};TableEndpoint=http://127.0.0.1:${ports.storage}/${STORAGE_ACCOUNT};`,
    redis: withRedis ? `redis://127.0.0.1:${ports.redis}` : undefined,
    otlp,
  }
}

/** Keys that a vault keeps in Azure, and a file of the data directory here. */
export interface SecretKeys {
  /** What wraps the keys of personal data. */
  personalData: string
  /** What guests' tokens are signed with: the same for all apps that know guests. */
  guestTokens: string
  /** What Basket signs price proofs with. */
  priceProofs: string
  /** What e-mail addresses are looked up by. */
  lookups: string
  /** What webhooks' secrets are derived from. */
  webhooks: string
  /** What customers' pseudonyms in the log are made with. */
  logPseudonyms: string
}

/**
 * What makes a process send its telemetry, by OpenTelemetry's own variables: sooner than after a minute, since somebody
 * looks at it.
 */
export const telemetrySettings = ({ otlp }: Connections): Record<string, string> =>
  otlp === undefined
    ? {}
    : {
        OTEL_EXPORTER_OTLP_ENDPOINT: otlp,
        OTEL_METRIC_EXPORT_INTERVAL: "10000",
        OTEL_BSP_SCHEDULE_DELAY: "1000",
      }

/** The application settings of one app, as its Function App would have them in Azure. */
export function appSettings(
  app: AppName,
  to: Connections,
  { keys, noticesDirectory }: { readonly keys: SecretKeys; readonly noticesDirectory: string },
): Record<string, string> {
  const common = {
    AzureWebJobsStorage: to.storage,
    FUNCTIONS_WORKER_RUNTIME: "node",
    ServiceBus: to.serviceBus,
    IDENTITY_ISSUER: to.identity,
    IDENTITY_AUDIENCE: audience,
    SERVICE_CLIENT_ID: app,
    SERVICE_CLIENT_SECRET: developmentSecrets.clientSecret(app),
    LOG_PSEUDONYM_KEY: keys.logPseudonyms,
    // Products and coupons of the reference shop, added where they are missing.
    SEED: "true",
    ...telemetrySettings(to),
  }
  const redis: Record<string, string> = to.redis ? { REDIS_URL: to.redis } : {}
  switch (app) {
    case "catalog":
      return {
        ...common,
        CATALOG_DB: to.postgres.catalog,
        ...(to.redis ? { REDIS_URL: to.redis } : {}),
      }
    case "basket":
      return {
        ...common,
        BASKET_DB: to.postgres.basket,
        PERSONAL_DATA_KEYS: keys.personalData,
        GUEST_TOKEN_KEYS: keys.guestTokens,
        PRICE_PROOF_KEYS: keys.priceProofs,
        CATALOG_URL: to.apps.catalog,
        DISCOUNT_URL: to.apps.discount,
        ...redis,
      }
    case "discount":
      return { ...common, DISCOUNT_TABLES: to.storage, ...redis }
    case "ordering":
      return {
        ...common,
        ORDERING_DB: to.postgres.ordering,
        PERSONAL_DATA_KEYS: keys.personalData,
        GUEST_TOKEN_KEYS: keys.guestTokens,
        BASKET_URL: to.apps.basket,
        CATALOG_URL: to.apps.catalog,
        DISCOUNT_URL: to.apps.discount,
        PAYMENT_URL: to.payments,
        PAYMENT_API_KEY: developmentSecrets.paymentApiKey,
        GRACE_PERIOD_SECONDS: "0",
        LOOKUP_KEYS: keys.lookups,
        WEBHOOK_KEYS: keys.webhooks,
        // A developer's receiver listens on this machine.
        WEBHOOKS_ALLOW_PRIVATE: "true",
        PAYMENT_WEBHOOK_SECRETS: developmentSecrets.paymentWebhookSecret,
        STOREFRONT_URL: to.gateway,
        NOTICES_DIR: noticesDirectory,
      }
  }
}
