import { spawn } from "node:child_process"
import { mkdtemp, rm } from "node:fs/promises"
import { Agent, request } from "node:http"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { measure, printFigures } from "./measure.ts"

const packageFolder = join(import.meta.dirname, "../local/functions-host")

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer().on("error", reject)
    server.listen(0, "127.0.0.1", () => {
      const address = server.address()
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0))
    })
  })

/** Starts the functions host on the sequence app as a process of its own, as a user would. */
async function startSequenceApp(stateDir: string) {
  const port = await freePort()
  const child = spawn(
    process.execPath,
    [
      join(packageFolder, "bin/functions-host.mjs"),
      "start",
      "--script-root",
      join(packageFolder, "fixtures/durable-sequence"),
      "--port",
      String(port),
      "--state-dir",
      stateDir,
      "--no-reload",
      "--exit-with-parent",
    ],
    // Its log goes to a pipe that is read and dropped, as a supervisor's would.
    { stdio: ["pipe", "pipe", "inherit"] },
  )
  child.stdout.resume()
  const url = `http://127.0.0.1:${port}`
  for (;;) {
    const status = await fetch(`${url}/admin/host/status`)
      .then((response) => response.json() as Promise<{ state: string }>)
      .catch(() => undefined)
    if (status?.state === "Running") break
    if (child.exitCode !== null) throw new Error(`the functions host ended with code ${child.exitCode}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return {
    url,
    async stop() {
      const ended = new Promise((resolve) => child.once("exit", resolve))
      child.kill("SIGTERM")
      await ended
    },
  }
}

/**
 * Five trivial activities in sequence, started over HTTP and awaited in the same request. The history is in SQLite
 * with synchronous=FULL: every step waits for the disk.
 */
export async function benchDurable(): Promise<void> {
  const stateDir = await mkdtemp(join(tmpdir(), "durable-bench-"))
  const app = await startSequenceApp(stateDir)
  const agent = new Agent({ keepAlive: true })
  const startAndAwait = () =>
    new Promise<void>((resolve, reject) => {
      const url = `${app.url}/runtime/webhooks/durabletask/orchestrators/sequence?timeout=30&pollingInterval=1`
      const outgoing = request(url, { method: "POST", agent }, (response) => {
        let text = ""
        response.setEncoding("utf8").on("data", (chunk: string) => {
          text += chunk
        })
        response.on("end", () => {
          if (response.statusCode === 200 && text === "5") resolve()
          else reject(new Error(`the sequence answered ${response.statusCode}: ${text}`))
        })
      })
      outgoing.on("error", reject)
      outgoing.end("0")
    })
  try {
    await measure(16, 1_000, startAndAwait)
    for (const [concurrency, count] of [
      [1, 500],
      [16, 4_000],
      [64, 4_000],
    ] as const)
      printFigures(
        "5 durable activities, fsync",
        concurrency,
        await measure(concurrency, count, startAndAwait),
      )
  } finally {
    agent.destroy()
    await app.stop()
    await rm(stateDir, { recursive: true, force: true })
  }
}
