import { join, resolve } from "node:path"
import { defaultDataDirectory, openDataDirectory } from "./data-directory.ts"
import { type FaultRequest, obey } from "./fault-commands.ts"
import { appPart, gatewayPart, identityPart, paymentsPart } from "./parts/edge.ts"
import { faultsPart } from "./parts/faults.ts"
import { postgresPart } from "./parts/postgres.ts"
import { findRedisServer, redisPart, serviceBusPart, storagePart } from "./parts/stores.ts"
import { telemetryPart } from "./parts/telemetry.ts"
import { type PortChoice, reservePorts } from "./ports.ts"
import {
  type AppName,
  appNames,
  appSettings,
  type Connections,
  connections,
  faultsAddress,
  isAppName,
  type PartName,
  type Ports,
  partNames,
  repositoryRoot,
  type SecretKeys,
  telemetryAddress,
  telemetrySettings,
} from "./settings.ts"
import { Part, type PartEvent, type PartSpec, type PartState } from "./supervisor/part.ts"
import { PartLog } from "./supervisor/part-log.ts"
import { endSurvivors } from "./supervisor/pid-file.ts"

/** How a local cloud is started. Everything may be left out: then it is what `npm start` runs, without rate limits. */
export interface CloudOptions {
  /** Where data, logs and pid files lie; `.local` of the checkout by default. */
  dataDir?: string
  ports?: PortChoice
  /** Empties the data directory first. */
  fresh?: boolean
  /** The function apps to run; all four by default. */
  apps?: readonly AppName[]
  /** The parts to run, with those that they need; all of them by default. */
  parts?: readonly PartName[]
  /**
   * Where gateway and apps send traces, metrics and logs: true for the part `telemetry`, which keeps and shows the last
   * hour of them, or the base URL of another OTLP viewer. Nowhere unless it is given.
   */
  telemetry?: boolean | string
  /**
   * Runs the switchboard of faults (local/faults), which every run of a saga's activities then asks; with a script that is
   * replayed as soon as the shop is ready. Off by default.
   */
  faults?: boolean | { readonly script: string }
  /** PostgreSQL waits for the disk at commit. Off in tests only. */
  fsync?: boolean
  /** The gateway keeps the shop's rate limits, as `npm start` does. Off by default: tests and measurements are one client. */
  rateLimits?: boolean
  /** Environment variables for every part, on top of this process's own. */
  env?: Record<string, string>
  /** The same for single parts: what a proof does to one of them. */
  partEnv?: Partial<Record<PartName, Record<string, string>>>
  /** Told what happens to the parts. */
  onEvent?: (event: CloudEvent) => void
  /** Told every line that a part prints, with its level (3 error, 4 warning, …) where the part tells it. */
  onLine?: (part: PartName, line: string, level: number | undefined) => void
}

export type CloudEvent = PartEvent | { type: "ended-survivor"; process: string }

/** One part as its user sees it. */
export interface PartHandle {
  readonly name: PartName
  /** Where it is reached. */
  readonly address: string
  readonly state: PartState
  /** The process that does the work, while there is one. */
  readonly pid: number | undefined
  /** Sends a signal to it, as a fault would; the supervisor then starts it again. */
  kill(signal: NodeJS.Signals): void
  /** Kills it and keeps it away, as an outage would, until the returned function is called. */
  takeAway(): () => Promise<void>
  /** Holds its processes still, so that it answers nothing and closes nothing, until the returned function is called. */
  holdStill(): () => void
  /** Stops it in its own way and starts it again; resolves when it is ready. */
  restart(): Promise<void>
  /** Resolves when it is ready; rejects with its last output when it keeps dying. */
  whenReady(): Promise<void>
}

/** A running local cloud. */
export interface Cloud {
  readonly dataDir: string
  readonly ports: Ports
  readonly connections: Connections
  readonly parts: readonly PartHandle[]
  /** Whether the launcher that used the data directory before was killed. */
  readonly uncleanStop: boolean
  /** Throws for a part that this cloud does not run. */
  part(name: PartName): PartHandle
  /** Resolves when every part that the shop needs is ready; rejects when one keeps dying. */
  waitUntilReady(): Promise<void>
  /** Stops everything in order: edge, apps, simulators and broker, stores. */
  stop(): Promise<void>
  /** Ends every process at once; `stop` resolves soon after. */
  kill(): void
}

interface Wiring {
  ports: Ports
  dataDir: string
  databasePassword: string
  keys: SecretKeys
  to: Connections
  /** Where the part `telemetry` shows what it is sent; undefined where it does not run. */
  telemetryPage: string | undefined
  /** Where the switchboard of faults listens; undefined where it does not run. */
  faults: string | undefined
  script: string | undefined
  /** Told what the switchboard asks. */
  hearFaults: (message: object) => void
  redisServer: string | undefined
  fsync: boolean
  rateLimits: boolean
  env: NodeJS.ProcessEnv
  partEnv: NonNullable<CloudOptions["partEnv"]>
}

/** Where notices to customers are left. */
export const noticesIn = (dataDir: string): string => join(dataDir, "notices")

function specOf(name: PartName, wiring: Wiring): PartSpec {
  const { ports, dataDir, to } = wiring
  const env = { ...wiring.env, ...wiring.partEnv[name] }
  if (isAppName(name)) {
    const settings = appSettings(name, to, { keys: wiring.keys, noticesDirectory: noticesIn(dataDir) })
    const points = wiring.faults && { ESHOP_FAULT_POINTS: `${wiring.faults}/fault-points` }
    return appPart(name, ports[name], dataDir, to, { ...env, ...settings, ...points })
  }
  switch (name) {
    case "gateway":
      return gatewayPart(
        ports.gateway,
        dataDir,
        to,
        { ...env, ...telemetrySettings(to) },
        { rateLimited: wiring.rateLimits, telemetryPage: wiring.telemetryPage, faults: wiring.faults },
      )
    case "identity":
      return identityPart(ports.identity, dataDir, to, env)
    case "payments":
      return paymentsPart(ports.payments, dataDir, to, env)
    case "telemetry":
      return telemetryPart(ports, env)
    case "faults":
      return faultsPart(ports, to, env, { script: wiring.script, hear: wiring.hearFaults })
    case "servicebus":
      return serviceBusPart(ports.servicebus, dataDir, env)
    case "storage":
      return storagePart(ports.storage, dataDir, env)
    case "postgres":
      return postgresPart({
        port: ports.postgres,
        dataDirectory: dataDir,
        password: wiring.databasePassword,
        fsync: wiring.fsync,
      })
    case "redis":
      return redisPart(ports.redis, wiring.redisServer ?? "", env)
  }
}

/** The parts asked for and, transitively, what they need. */
function selectParts(options: CloudOptions, redisServer: string | undefined): PartName[] {
  const apps = options.apps ?? appNames
  const runs = (name: PartName) => {
    if (isAppName(name)) return apps.includes(name)
    if (name === "telemetry") return options.telemetry === true
    return name !== "faults" || Boolean(options.faults)
  }
  const asked = options.parts ?? partNames.filter(runs)
  // What a part needs does not depend on addresses; any wiring tells.
  const ports = Object.fromEntries(partNames.map((name) => [name, 0])) as Ports
  const to = connections(ports, "", redisServer !== undefined)
  const wiring = {
    ports,
    dataDir: "",
    databasePassword: "",
    keys: {
      personalData: "",
      guestTokens: "",
      priceProofs: "",
      lookups: "",
      webhooks: "",
      logPseudonyms: "",
    },
    to,
    telemetryPage: undefined,
    faults: undefined,
    script: undefined,
    hearFaults: () => {},
    redisServer,
    fsync: true,
    rateLimits: true,
    env: {},
    partEnv: {},
  }
  const selected = new Set<PartName>()
  const add = (name: PartName) => {
    if (selected.has(name)) return
    selected.add(name)
    for (const need of specOf(name, wiring).needs) add(need as PartName)
  }
  for (const name of asked) if (name !== "redis" || redisServer) add(name)
  return partNames.filter((name) => selected.has(name))
}

/**
 * Starts the embedded stack and resolves as soon as its parts are being started; `waitUntilReady` waits for them.
 * Throws DataDirectoryError or PortInUseError, with nothing started, when the directory or a port is taken.
 */
export async function startCloud(options: CloudOptions = {}): Promise<Cloud> {
  const dataDir = resolve(options.dataDir ?? defaultDataDirectory)
  const onEvent = options.onEvent ?? (() => {})
  const redisServer = findRedisServer()
  const selected = selectParts(options, redisServer)
  const directory = await openDataDirectory(dataDir, options.fresh ?? false, async (run) => {
    for (const process of await endSurvivors(run)) onEvent({ type: "ended-survivor", process })
  })
  const reservation = await reservePorts(options.ports ?? "default", selected).catch(async (error) => {
    await directory.unlock()
    throw error
  })
  const { ports } = reservation
  const telemetryPage = selected.includes("telemetry") ? telemetryAddress(ports) : undefined
  const otlp = typeof options.telemetry === "string" ? options.telemetry : telemetryPage
  const to = connections(ports, directory.databasePassword, selected.includes("redis"), otlp)
  // A Redis or a viewer that the shell knows of is not part of this cloud: what runs is what is said to run.
  const { REDIS_URL: _, OTEL_EXPORTER_OTLP_ENDPOINT: __, ...inherited } = process.env
  const wiring: Wiring = {
    ports,
    dataDir,
    databasePassword: directory.databasePassword,
    keys: directory.keys,
    to,
    telemetryPage,
    faults: selected.includes("faults") ? faultsAddress(ports) : undefined,
    script: typeof options.faults === "object" ? options.faults.script : undefined,
    hearFaults: (message) => void carryOut(message as FaultRequest),
    redisServer,
    fsync: options.fsync ?? true,
    rateLimits: options.rateLimits ?? false,
    env: {
      // The second start loads compiled code instead of compiling it again.
      NODE_COMPILE_CACHE: join(repositoryRoot, "node_modules", ".cache", "node-compile"),
      ...inherited,
      ...options.env,
    },
    partEnv: options.partEnv ?? {},
  }

  const parts = new Map<PartName, Part>()
  const tellStates = () => {
    const needed = [...parts].filter(([, part]) => !part.spec.isOptional)
    const states = needed.map(([name, { state }]) => [name, state])
    parts.get("gateway")?.send({ type: "parts", states: Object.fromEntries(states) })
    const all = [...parts].map(([name, { state }]) => [name, state])
    parts.get("faults")?.send({ type: "parts", states: Object.fromEntries(all) })
  }
  async function carryOut({ id, command }: FaultRequest): Promise<void> {
    const error = await obey(command, parts).then(
      () => undefined,
      (reason: Error) => reason.message,
    )
    parts.get("faults")?.send({ type: "fault", id, ...(error !== undefined && { error }) })
  }
  const emit = (event: PartEvent) => {
    onEvent(event)
    if (event.type === "state") tellStates()
  }
  for (const name of selected) {
    const spec = specOf(name, wiring)
    const log = await PartLog.open(directory.logs, name, (...line) => options.onLine?.(name, ...line))
    const prepare = async () => {
      await reservation.release(name)
      await spec.prepare?.()
    }
    parts.set(name, new Part({ ...spec, prepare }, log, directory.run, emit))
  }
  for (const part of parts.values()) {
    part.start(
      part.spec.needs.map((need) => parts.get(need as PartName)).filter((need) => need !== undefined),
    )
  }

  const handles = [...parts].map(([name, part]) => handleOf(name, part))
  let stopped: Promise<void> | undefined
  const stop = async () => {
    const layers = new Set([...parts.values()].map((part) => part.spec.layer).sort((a, b) => a - b))
    for (const layer of layers) {
      const members = [...parts.values()].filter((part) => part.spec.layer === layer)
      await Promise.all(members.map((part) => part.stop()))
    }
    await reservation.releaseAll()
    await directory.unlock()
  }
  return {
    dataDir,
    ports,
    connections: to,
    parts: handles,
    uncleanStop: directory.uncleanStop,
    part(name) {
      const handle = handles.find((candidate) => candidate.name === name)
      if (!handle) throw new Error(`this cloud does not run ${name}`)
      return handle
    },
    async waitUntilReady() {
      const needed = [...parts.values()].filter((part) => !part.spec.isOptional)
      await Promise.all(needed.map((part) => part.whenReady()))
    },
    stop() {
      stopped ??= stop()
      return stopped
    },
    kill() {
      for (const part of parts.values()) part.killAll()
    },
  }
}

function handleOf(name: PartName, part: Part): PartHandle {
  return {
    name,
    address: part.spec.address,
    get state() {
      return part.state
    },
    get pid() {
      return part.pid
    },
    kill: (signal) => part.kill(signal),
    takeAway: () => part.takeAway(),
    holdStill: () => part.holdStill(),
    restart: () => part.restart(),
    whenReady: () => part.whenReady(),
  }
}
