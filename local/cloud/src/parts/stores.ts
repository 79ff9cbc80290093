import { accessSync, constants } from "node:fs"
import { mkdir } from "node:fs/promises"
import { createRequire } from "node:module"
import { delimiter, join } from "node:path"
import { fileURLToPath } from "node:url"
import { repositoryRoot } from "../settings.ts"
import type { PartSpec } from "../supervisor/part.ts"
import { printedDamage, unreadableJson } from "./damage.ts"
import { accepts, get } from "./probes.ts"

const STORE_LAYER = 4
/** AMQP 1.0, 5.3.2: how a client asks for SASL. Only a broker answers it; anything accepts a connection. */
const AMQP_SASL_HEADER = "AMQP\u0003\u0001\u0000\u0000"

/** Azurite's table service. Blobs and queues are not started: nothing here uses them. */
export function storagePart(port: number, dataDirectory: string, env: NodeJS.ProcessEnv): PartSpec {
  const location = join(dataDirectory, "storage")
  return {
    name: "storage",
    needs: [],
    layer: STORE_LAYER,
    address: `http://127.0.0.1:${port}/devstoreaccount1`,
    graceMs: 5_000,
    async prepare() {
      await mkdir(location, { recursive: true })
    },
    launch: () => ({
      kind: "node",
      program: createRequire(import.meta.url).resolve("azurite/dist/src/table/main.js"),
      preload: [new URL("../supervisor/interrupt-with-parent.ts", import.meta.url).href],
      args: [
        ...["--tableHost", "127.0.0.1", "--tablePort", String(port), "--location", location],
        ...["--silent", "--skipApiVersionCheck", "--disableTelemetry"],
      ],
      env,
    }),
    // Without a signature it answers 403: it is there.
    isReady: async () => (await get(`http://127.0.0.1:${port}/devstoreaccount1`)) !== undefined,
    damage: () => unreadableJson(join(location, "__azurite_db_table__.json")),
  }
}

/** Our Service Bus emulator, with the entities that infra/service-bus declares. */
export function serviceBusPart(port: number, dataDirectory: string, env: NodeJS.ProcessEnv): PartSpec {
  return {
    name: "servicebus",
    needs: [],
    layer: 3,
    address: `sb://127.0.0.1:${port}`,
    graceMs: 5_000,
    launch: () => ({
      kind: "node",
      program: fileURLToPath(import.meta.resolve("@eshop/service-bus-emulator/cli")),
      args: [
        ...["--config", join(repositoryRoot, "infra", "service-bus", "entities.json")],
        ...["--port", String(port), "--data-dir", join(dataDirectory, "servicebus"), "--exit-with-parent"],
      ],
      env,
      channel: true,
    }),
    isReady: () => accepts(port, AMQP_SASL_HEADER, "AMQP"),
    damage: (output) =>
      output.some((line) => line.includes("FileJournal.open"))
        ? printedDamage(join(dataDirectory, "servicebus"), /(?<=^\w*Error: ).*/, output)
        : undefined,
  }
}

/** The redis-server on PATH, or undefined where there is none. */
export function findRedisServer(path = process.env.PATH ?? ""): string | undefined {
  const name = process.platform === "win32" ? "redis-server.exe" : "redis-server"
  for (const directory of path.split(delimiter).filter(Boolean)) {
    const file = join(directory, name)
    try {
      accessSync(file, constants.X_OK)
      return file
    } catch {}
  }
  return undefined
}

/** Redis as what it is here: a cache. Nothing is written to disk, and what is old makes room. */
export function redisPart(port: number, file: string, env: NodeJS.ProcessEnv): PartSpec {
  return {
    name: "redis",
    needs: [],
    layer: STORE_LAYER,
    address: `redis://127.0.0.1:${port}`,
    graceMs: 3_000,
    launch: () => ({
      kind: "foreign",
      file,
      args: [
        ...["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"],
        ...["--maxmemory", "128mb", "--maxmemory-policy", "allkeys-lru"],
      ],
      env,
      stopSignal: "SIGTERM",
    }),
    isReady: () => accepts(port, "PING\r\n", "+PONG"),
  }
}
