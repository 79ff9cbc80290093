import { readFile } from "node:fs/promises"
import { Broker } from "./broker/broker.ts"
import type { EntityCounts } from "./broker/queue-entity.ts"
import type { Repetition } from "./broker/repetition.ts"
import { parseConfig } from "./config.ts"
import { FileJournal } from "./storage/file-journal.ts"
import { type JournalRecord, memoryJournal } from "./storage/record.ts"
import { bind } from "./transport/listener.ts"
import { serveAmqp } from "./transport/server.ts"
import { DEVELOPMENT_SHARED_ACCESS_KEY, SHARED_ACCESS_KEY_NAME } from "./transport/shared-access.ts"

export interface EmulatorOptions {
  /** The entities, in the shape of Microsoft's emulator configuration. Either this or `configFile`. */
  config?: unknown
  configFile?: string
  /** 0 or absent: a free port. */
  port?: number
  /** Default 127.0.0.1. */
  host?: string
  /** Where messages are kept. Absent: in memory, gone when the emulator stops. */
  dataDir?: string
  /** Default: the fixed development key. */
  sharedAccessKey?: string
  /** Whether an accepted message also survives a power cut. Default true; without a dataDir it means nothing. */
  fsync?: boolean
  /** The largest message or batch in bytes. Default 262,144 as in Azure's Standard tier; Premium has 1,048,576. */
  maxMessageSize?: number
  /** Delivers every message of a topic several times and out of order; absent: as it comes. */
  repetition?: Repetition
  log?: (message: string) => void
}

export interface Emulator {
  port: number
  connectionString: string
  /** The message counts of every queue, subscription and topic by its declared name. */
  state(): Record<string, EntityCounts>
  /** From now on messages of topics come several times, late or out of order; as they are sent without one. */
  repeat(repetition: Repetition | undefined): void
  /** Closes every connection and writes what is pending. */
  stop(): Promise<void>
}

/** How often locks, times to live and scheduled messages are looked at, in milliseconds. */
const TICK = 20
const STANDARD_MESSAGE_SIZE = 262_144

/**
 * Starts a Service Bus namespace. Throws a ConfigError when the configuration is wrong, and rejects with the socket's
 * error when the port is taken.
 */
export async function startServiceBusEmulator(options: EmulatorOptions): Promise<Emulator> {
  const log = options.log ?? (() => {})
  const topology = parseConfig(options.config ?? (await readConfig(options.configFile)))
  const host = options.host ?? "127.0.0.1"
  const sharedAccessKey = options.sharedAccessKey ?? DEVELOPMENT_SHARED_ACCESS_KEY
  const maxMessageSize = options.maxMessageSize ?? STANDARD_MESSAGE_SIZE
  const listener = await bind(host, options.port ?? 0)
  let opened: ReturnType<typeof openBroker>
  try {
    opened = openBroker(topology, options, log)
  } catch (error) {
    await listener.close()
    throw error
  }
  const { broker, closeJournal } = opened
  broker.expire(Date.now())
  serveAmqp(listener, { broker, sharedAccessKey, maxMessageSize, log })
  const ticker = setInterval(() => broker.expire(Date.now()), TICK)
  const endpoint = `sb://${host}:${listener.port}`
  return {
    port: listener.port,
    connectionString:
      `Endpoint=${endpoint};SharedAccessKeyName=${SHARED_ACCESS_KEY_NAME};` +
      `SharedAccessKey=${sharedAccessKey};UseDevelopmentEmulator=true;`,
    state: () => broker.counts(),
    repeat: (repetition) => broker.repeat(repetition),
    stop: async () => {
      clearInterval(ticker)
      await listener.close()
      await closeJournal()
    },
  }
}

async function readConfig(file: string | undefined): Promise<unknown> {
  if (file === undefined) throw new TypeError("Either config or configFile is needed.")
  return JSON.parse(await readFile(file, "utf8"))
}

function openBroker(
  topology: ReturnType<typeof parseConfig>,
  options: EmulatorOptions,
  log: (text: string) => void,
) {
  if (options.dataDir === undefined) {
    return { broker: new Broker(topology, memoryJournal, options.repetition), closeJournal: async () => {} }
  }
  // The broker needs the journal, and the journal's replay needs the broker.
  const records: JournalRecord[] = []
  const journalOptions = { directory: options.dataDir, fsync: options.fsync ?? true, log }
  const journal = FileJournal.open(journalOptions, (record) => records.push(record))
  const broker = new Broker(topology, journal, options.repetition)
  const orphans = new Set<string>()
  for (const record of records) if (!broker.replay(record)) orphans.add(record.entity)
  for (const entity of orphans) log(`'${entity}' is no longer declared: its messages are dropped.`)
  journal.onCompaction(() => broker.snapshot(Date.now()))
  return { broker, closeJournal: () => journal.close() }
}
