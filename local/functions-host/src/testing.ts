/** For this package's integration tests: hosts on free ports whose output is kept, with state in a temporary folder. */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { type RunningHost, type StartHostOptions, startHost } from "./host.ts"

export type TestHost = RunningHost & {
  readonly stateDir: string
  readonly lines: string[]
  /** Resolves when a line contains the text. */
  line(text: string): Promise<string>
}

/** The folder of one of the apps that the tests run. */
export function testApp(name: string): string {
  return fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url))
}

/** Starts a host; `lines` may be given to see the output of a host that does not start. */
export async function startTestHost(
  options: Partial<StartHostOptions> & { scriptRoot: string; lines?: string[] },
): Promise<TestHost> {
  const lines = options.lines ?? []
  const waiting = new Set<(line: string) => void>()
  const stateDir = mkdtempSync(join(tmpdir(), "functions-host-"))
  const remove = () => rmSync(stateDir, { recursive: true, force: true })
  let host: RunningHost
  try {
    host = await startHost({
      port: 0,
      stateDir,
      env: { PATH: process.env.PATH },
      graceMs: 5000,
      log(line) {
        lines.push(line)
        for (const listener of waiting) listener(line)
      },
      ...options,
    })
  } catch (error) {
    remove()
    throw error
  }
  return {
    baseUrl: host.baseUrl,
    get functions() {
      return host.functions
    },
    invoke: host.invoke,
    reload: host.reload,
    lines,
    stateDir,
    async line(text) {
      const known = lines.find((line) => line.includes(text))
      if (known !== undefined) return known
      return await new Promise((resolve) => {
        const listener = (line: string) => {
          if (!line.includes(text)) return
          waiting.delete(listener)
          resolve(line)
        }
        waiting.add(listener)
      })
    },
    async stop() {
      await host.stop()
      remove()
    },
  }
}
