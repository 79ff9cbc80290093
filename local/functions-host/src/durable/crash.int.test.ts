/** kill -9 at random moments: nothing that was acknowledged is lost, every instance ends with the right result. */

import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterAll, expect, test } from "vitest"
import type { StatusPayload } from "./http-api/status.ts"
import { fixture } from "./testing/hub.ts"

const folder = mkdtempSync(join(tmpdir(), "durable-crash-"))
const trace = join(folder, "trace.txt")
writeFileSync(trace, "")
let child: ChildProcess | undefined

afterAll(() => {
  child?.kill("SIGKILL")
  rmSync(folder, { recursive: true, force: true })
})

async function startProcess(): Promise<string> {
  const script = fileURLToPath(new URL("testing/host-process.ts", import.meta.url))
  child = spawn(process.execPath, [script, fixture("durable-features"), folder], {
    stdio: ["pipe", "pipe", "inherit"],
  })
  const [line] = (await once(child.stdout as NodeJS.ReadableStream, "data")) as [Buffer]
  return `${line.toString().trim()}/runtime/webhooks/durabletask`
}

async function kill(): Promise<void> {
  const exited = once(child as ChildProcess, "exit")
  child?.kill("SIGKILL")
  await exited
}

const json = { "content-type": "application/json" }

test("five kills among forty sagas: all end right", async () => {
  const started = new Set<string>()
  const raised = new Set<string>()
  let next = 0

  /** Starts and raises until the process dies; only what was answered counts. */
  const work = async (base: string): Promise<void> => {
    try {
      while (next < 40) {
        const id = `saga-${next++}`
        const input = JSON.stringify({ file: trace, wait: 40 })
        const answer = await fetch(`${base}/orchestrators/traced/${id}`, {
          method: "POST",
          body: input,
          headers: json,
        })
        if (answer.status !== 202) throw new Error(`start: ${answer.status}`)
        started.add(id)
        const event = await fetch(`${base}/instances/${id}/raiseEvent/go`, {
          method: "POST",
          body: '"go!"',
          headers: json,
        })
        if (event.status !== 202) throw new Error(`raise: ${event.status}`)
        raised.add(id)
        await new Promise((resolve) => setTimeout(resolve, 10))
      }
    } catch (error) {
      if (!(error instanceof TypeError)) throw error
    }
  }

  for (let round = 0; round < 5; round++) {
    const base = await startProcess()
    const working = work(base)
    await new Promise((resolve) => setTimeout(resolve, 60 + Math.random() * 240))
    await kill()
    await working
  }
  const base = await startProcess()
  await work(base)
  expect(started.size).toBeGreaterThan(30)

  for (const id of started) {
    if (!raised.has(id)) {
      await fetch(`${base}/instances/${id}/raiseEvent/go`, { method: "POST", body: '"go!"', headers: json })
    }
    for (;;) {
      const status = (await (await fetch(`${base}/instances/${id}`)).json()) as StatusPayload
      if (status.runtimeStatus === "Pending" || status.runtimeStatus === "Running") {
        await new Promise((resolve) => setTimeout(resolve, 20))
        continue
      }
      expect(status).toMatchObject({ runtimeStatus: "Completed", output: [`${id} 2`, `${id} 3`, "go!"] })
      break
    }
  }
  const lines = readFileSync(trace, "utf8").split("\n")
  for (const id of started) {
    for (const step of [1, 2, 3]) expect(lines, `${id} ${step}`).toContain(`${id} ${step}`)
  }
  await kill()
})
