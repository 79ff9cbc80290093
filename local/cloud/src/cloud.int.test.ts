import { mkdir, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from "node:fs/promises"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import pg from "pg"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { type Cloud, type CloudEvent, type CloudOptions, startCloud } from "./cloud.ts"
import { reservePorts } from "./ports.ts"
import { developmentSecrets, type PartName } from "./settings.ts"

let dataDir: string
let clouds: Cloud[]
let events: CloudEvent[]

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "cloud-"))
  clouds = []
  events = []
})

afterEach(async () => {
  for (const cloud of clouds) await cloud.stop()
  await rm(dataDir, { recursive: true })
})

async function start(options: CloudOptions): Promise<Cloud> {
  const onEvent = (event: CloudEvent) => events.push(event)
  const cloud = await startCloud({ dataDir, ports: "free", fsync: false, onEvent, ...options })
  clouds.push(cloud)
  await cloud.waitUntilReady()
  return cloud
}

const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

const pidsOf = (cloud: Cloud) => cloud.parts.map(({ pid }) => pid ?? 0)

const payments = async (cloud: Cloud, path: string, form?: Record<string, string>) => {
  const response = await fetch(`${cloud.connections.payments}${path}`, {
    method: form ? "POST" : "GET",
    headers: { authorization: `Bearer ${developmentSecrets.paymentApiKey}` },
    ...(form ? { body: new URLSearchParams(form) } : {}),
  })
  return (await response.json()) as { id: string; amount: number }
}

describe("a running cloud", () => {
  it("tells at the gateway when everything is ready", async () => {
    const cloud = await start({ parts: ["gateway", "payments"] })
    await expect
      .poll(async () => (await fetch(`${cloud.connections.gateway}/health/ready`)).json())
      .toEqual({ status: "ready", parts: { gateway: "ready", payments: "ready" } })
    expect((await fetch(`${cloud.connections.gateway}/health/ready`)).status).toBe(200)
  })

  it("starts a killed part again, which has lost nothing, and says so", async () => {
    const cloud = await start({ parts: ["payments"] })
    const { id } = await payments(cloud, "/v1/payment_intents", { amount: "100", currency: "eur" })
    const part = cloud.part("payments")
    const killed = part.pid
    part.kill("SIGKILL")
    await part.whenReady()
    expect(part.pid).not.toBe(killed)
    expect((await payments(cloud, `/v1/payment_intents/${id}`)).amount).toBe(100)
    expect(events.filter(({ type }) => type === "died")).toEqual([
      { type: "died", part: "payments", reason: "SIGKILL", keepsDying: false, delayMs: 0, output: [] },
    ])
    expect(events.filter(({ type }) => type === "ready")).toHaveLength(2)
  })

  it("restarts a part on request without calling it dead", async () => {
    const cloud = await start({ parts: ["identity"] })
    const before = cloud.part("identity").pid
    await cloud.part("identity").restart()
    expect(cloud.part("identity").pid).not.toBe(before)
    expect(events.filter(({ type }) => type === "died")).toEqual([])
  })

  it("reports a part that keeps dying with its last output", async () => {
    const cloud = await start({ parts: ["identity"] })
    await writeFile(join(dataDir, "identity", "signing-keys.json"), `[{"jwk":{}}]`)
    cloud.part("identity").kill("SIGKILL")
    await expect(cloud.waitUntilReady()).rejects.toThrow("identity keeps dying")
    const last = events.filter((event) => event.type === "died")[2]
    expect(last).toMatchObject({ part: "identity", reason: "exit code 1", keepsDying: true })
    expect(last?.output.join("\n")).toContain("the signing key is not an RSA key")
    expect(await readFile(join(dataDir, "logs", "identity.log"), "utf8")).toContain(
      "the signing key is not an RSA key",
    )
  })

  it("leaves no process and no pid file behind when it is stopped", async () => {
    const cloud = await start({ parts: ["gateway", "identity", "payments", "postgres"] })
    const pids = pidsOf(cloud)
    expect(pids.filter(isAlive)).toHaveLength(4)
    await cloud.stop()
    expect(pids.filter(isAlive)).toEqual([])
    expect(await readdir(join(dataDir, "run"))).toEqual([])
    expect(cloud.parts.map(({ state }) => state)).toEqual(["stopped", "stopped", "stopped", "stopped"])
  })
})

describe("telemetry", () => {
  it("is shown behind the gateway too; the shop is ready without it, and it comes again when it dies", async () => {
    const cloud = await start({ parts: ["gateway", "telemetry"] })
    const { gateway, otlp } = cloud.connections
    const part = cloud.part("telemetry")
    await part.whenReady()
    expect([part.address, otlp]).toEqual(Array(2).fill(`http://localhost:${cloud.ports.telemetry}`))
    expect((await fetch(`${gateway}/console/telemetry/api/overview`)).status).toBe(200)
    const giveBack = part.takeAway()
    const ready = { status: "ready", parts: { gateway: "ready" } }
    await expect.poll(async () => (await fetch(`${gateway}/health/ready`)).json()).toEqual(ready)
    expect((await fetch(`${gateway}/console/telemetry/`)).status).toBe(503)
    await cloud.waitUntilReady()
    await giveBack()
    expect((await fetch(`${gateway}/console/telemetry/`)).status).toBe(200)
  })

  it("goes to another viewer, and then there is no part of our own", async () => {
    const cloud = await start({ telemetry: "http://localhost:4318", parts: ["gateway"] })
    expect(cloud.connections.otlp).toBe("http://localhost:4318")
    expect(() => cloud.part("telemetry")).toThrow("this cloud does not run telemetry")
    expect((await fetch(`${cloud.connections.gateway}/console/telemetry/`)).status).toBe(404)
  })

  it("goes nowhere unless it is asked for", async () => {
    const cloud = await start({ parts: ["gateway"] })
    expect(cloud.connections.otlp).toBeUndefined()
    expect(cloud.parts.map(({ name }) => name)).toEqual(["gateway"])
  })
})

describe("PostgreSQL", () => {
  const query = async (url: string, sql: string) => {
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    try {
      return (await client.query(sql)).rows
    } finally {
      await client.end()
    }
  }

  it("gives each context a database that no other context may enter, and keeps it over kill -9 and restart", async () => {
    const cloud = await start({ parts: ["postgres"] })
    const { catalog, basket } = cloud.connections.postgres
    await query(catalog, "CREATE TABLE kept (n int); INSERT INTO kept VALUES (1)")
    await query(catalog, "CREATE EXTENSION pg_trgm")
    const intruder = new URL(catalog)
    intruder.username = "basket"
    await expect(query(intruder.href, "SELECT 1")).rejects.toThrow("permission denied for database")
    const stranger = new URL(basket)
    stranger.password = "wrong"
    await expect(query(stranger.href, "SELECT 1")).rejects.toThrow("password authentication failed")

    cloud.part("postgres").kill("SIGKILL")
    await cloud.waitUntilReady()
    expect(await query(catalog, "SELECT n FROM kept")).toEqual([{ n: 1 }])
    await cloud.stop()
    const again = await start({ parts: ["postgres"] })
    expect(await query(again.connections.postgres.catalog, "SELECT n FROM kept")).toEqual([{ n: 1 }])
  })
})

describe("data directory", () => {
  it("is used by one launcher at a time", async () => {
    await start({ parts: ["identity"] })
    await expect(startCloud({ dataDir, ports: "free", parts: ["payments"] })).rejects.toThrow(
      `The local cloud already runs on ${dataDir} (process ${process.pid})`,
    )
  })

  it("keeps its data for the next start and loses it with fresh", async () => {
    const keys = async (cloud: Cloud) => (await fetch(`${cloud.connections.identity}/jwks`)).json()
    const first = await start({ parts: ["identity"] })
    const key = await keys(first)
    await first.stop()
    const second = await start({ parts: ["identity"] })
    expect(await keys(second)).toEqual(key)
    await second.stop()
    const third = await start({ parts: ["identity"], fresh: true })
    expect(await keys(third)).not.toEqual(key)
  })

  it("is closed to other users", async () => {
    await start({ parts: ["payments"] })
    expect(((await stat(dataDir)).mode & 0o777).toString(8)).toBe("700")
  })

  it("says so when it is a file, or has lost the password of its databases", async () => {
    const file = join(dataDir, "file")
    await writeFile(file, "")
    await expect(startCloud({ dataDir: file, ports: "free", parts: ["payments"] })).rejects.toThrow(
      `${file} is a file, and the data needs a directory: move it away, or choose another place with --data-dir`,
    )
    await rm(file)
    const cloud = await start({ parts: ["payments"] })
    await cloud.stop()
    await mkdir(join(dataDir, "postgres"))
    await rm(join(dataDir, "database-password"))
    await expect(startCloud({ dataDir, ports: "free", parts: ["payments"] })).rejects.toThrow(
      `${dataDir}/database-password is missing, and what lies in ${dataDir}/postgres opens with nothing else: put it back, or begin with empty data: npm start -- --fresh --data-dir ${dataDir}`,
    )
  })

  it("is neither used nor emptied when it belongs to something else", async () => {
    await writeFile(join(dataDir, "thesis.txt"), "years of work")
    await expect(startCloud({ dataDir, ports: "free", fresh: true, parts: ["identity"] })).rejects.toThrow(
      "was not made by the local cloud",
    )
    expect(await readdir(dataDir)).toEqual(["thesis.txt"])
  })
})

describe("damaged data", () => {
  /** Starts a cloud for its data, damages them, and starts it again; answers what it says at the first death. */
  async function damage(part: PartName, harm: () => Promise<void>) {
    const cloud = await start({ parts: [part] })
    await cloud.stop()
    await harm()
    events = []
    const again = await startCloud({
      ...{ dataDir, ports: "free" as const, fsync: false, parts: [part] },
      onEvent: (event) => events.push(event),
    })
    clouds.push(again)
    await expect.poll(() => events.find(({ type }) => type === "died"), { timeout: 20_000 }).toBeDefined()
    const died = events.find((event) => event.type === "died")
    return { part: died?.part, damage: died?.damage }
  }

  const garbage = "no such format ".repeat(1_000)
  const notJson = `Unexpected token 'o', "no such for"... is not valid JSON`

  it.each<[PartName, string, string]>([
    ["payments", "payments/payments.sqlite", "file is not a database"],
    ["identity", "identity/signing-keys.json", notJson],
    ["storage", "storage/__azurite_db_table__.json", notJson],
    ["discount", "functions/discount/keys.json", notJson],
  ])("of %s is named: %s", async (part, name, reason) => {
    const file = join(dataDir, name)
    expect(await damage(part, () => writeFile(file, garbage))).toEqual({ part, damage: { file, reason } })
  })

  it("of the task hub is named", async () => {
    const file = join(dataDir, "functions", "ordering", "durable", "eshop.db")
    const harm = async () => {
      for (const suffix of ["-wal", "-shm"]) await rm(`${file}${suffix}`, { force: true })
      await writeFile(file, garbage)
    }
    const reason = "file is not a database"
    expect(await damage("ordering", harm)).toEqual({ part: "ordering", damage: { file, reason } })
  })

  it("of the broker is named", async () => {
    const file = join(dataDir, "servicebus")
    const harm = () => writeFile(join(file, "journal-1.log"), garbage)
    const reason = "The journal is of another format."
    expect(await damage("servicebus", harm)).toEqual({ part: "servicebus", damage: { file, reason } })
  })

  it("of PostgreSQL is named", async () => {
    const file = join(dataDir, "postgres")
    const reason = 'PANIC:  could not read file "global/pg_control": read 0 of 296'
    const found = await damage("postgres", () => truncate(join(file, "global", "pg_control")))
    expect(found).toEqual({ part: "postgres", damage: { file, reason } })
  })

  it("is named when it is the password", async () => {
    const file = join(dataDir, "database-password")
    const reason = `the databases in ${dataDir}/postgres do not open with it`
    const found = await damage("postgres", () => writeFile(file, "another"))
    expect(found).toEqual({ part: "postgres", damage: { file, reason } })
  })
})

describe("ports", () => {
  it("names the port, the part, the option and the owner, and starts nothing", async () => {
    const other = createServer().listen(0, "127.0.0.1")
    const reservation = await reservePorts("free", ["identity", "payments"])
    await reservation.releaseAll()
    const address = other.address()
    const taken = address && typeof address === "object" ? address.port : 0
    const ports = { ...reservation.ports, payments: taken }
    const owner = process.platform === "linux" ? ` (held by process ${process.pid})` : ""
    await expect(startCloud({ dataDir, ports, parts: ["identity", "payments"] })).rejects.toThrow(
      `Port ${taken} of payments is in use${owner}: choose another with --port payments=N`,
    )
    expect(await readdir(join(dataDir, "run"))).toEqual([])
    other.close()
    const cloud = await start({ ports, parts: ["identity", "payments"] })
    expect(cloud.ports.payments).toBe(taken)
  })
})
