/** A running host with a durable app, and the calls that tests make. */

import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { startHost } from "../../host.ts"
import { createDurableExtension } from "../extension.ts"
import type { StatusPayload } from "../http-api/status.ts"

export type Answer = { status: number; headers: Headers; text: string; json: () => unknown }

/** The folder of a fixture app. */
export function fixture(name: string): string {
  return fileURLToPath(new URL(`../../../fixtures/${name}/`, import.meta.url))
}

/** Starts the app with an empty task hub that is not flushed to disk. @param env more settings */
export async function startDurableApp(name: string, env: Record<string, string> = {}) {
  const stateDir = mkdtempSync(join(tmpdir(), "durable-test-"))
  const lines: string[] = []
  const options = {
    scriptRoot: fixture(name),
    port: 0,
    stateDir,
    env: { ...process.env, FUNCTIONS_HOST_TASK_HUB_SYNCHRONOUS: "off", ...env },
    log: (line: string) => lines.push(line),
  }
  let host = await startHost({ ...options, extensions: [createDurableExtension()] })

  const request = async (
    method: string,
    url: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ) => {
    const response = await fetch(url, {
      method,
      headers: { ...(body === undefined ? {} : { "content-type": "application/json" }), ...headers },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    })
    const text = await response.text()
    return {
      status: response.status,
      headers: response.headers,
      text,
      json: () => JSON.parse(text) as unknown,
    }
  }
  const webhook = (path: string): string => `${host.baseUrl}/runtime/webhooks/durabletask/${path}`
  const status = async (id: string, query = ""): Promise<StatusPayload> => {
    const answer = await request("GET", webhook(`instances/${id}?${query}`))
    if (answer.status === 404) throw new Error(`no instance ${id}`)
    return answer.json() as StatusPayload
  }

  return {
    stateDir,
    lines,
    webhook,
    request,
    status,
    get host() {
      return host
    },
    /** Starts an orchestration over the web hook; returns its id. */
    async start(orchestrator: string, input?: unknown, id = ""): Promise<string> {
      const answer = await request("POST", webhook(`orchestrators/${orchestrator}/${id}`), input ?? "null")
      if (answer.status !== 202) throw new Error(`${answer.status} ${answer.text}`)
      return (answer.json() as { id: string }).id
    },
    /** Starts an orchestration and waits until it has ended. */
    async run(orchestrator: string, input?: unknown): Promise<Answer> {
      return await request(
        "POST",
        webhook(`orchestrators/${orchestrator}?timeout=30&pollingInterval=1`),
        input ?? "null",
      )
    },
    raise: (id: string, event: string, data: unknown) =>
      request("POST", webhook(`instances/${id}/raiseEvent/${event}`), JSON.stringify(data)),
    post: (path: string) => request("POST", webhook(path)),
    /** Waits until the instance shows the state. */
    async reaches(
      id: string,
      wanted: string,
      test: (given: StatusPayload) => boolean = () => true,
    ): Promise<StatusPayload> {
      for (let last: StatusPayload | undefined; ; ) {
        const given = await status(id)
        if (given.runtimeStatus === wanted && test(given)) return given
        if (
          last &&
          ["Completed", "Failed", "Terminated"].includes(given.runtimeStatus) &&
          given.runtimeStatus !== wanted
        ) {
          throw new Error(`ended as ${JSON.stringify(given)}`)
        }
        last = given
        await new Promise((resolve) => setTimeout(resolve, 10))
      }
    },
    /** Calls a method of the durable client inside the app. */
    async client(call: string, ...args: unknown[]): Promise<{ value?: unknown; error?: string }> {
      const answer = await request("POST", `${host.baseUrl}/api/client`, { call, args })
      return answer.json() as { value?: unknown; error?: string }
    },
    /** Stops the host and starts it again on the same task hub. */
    async restart(): Promise<void> {
      await host.stop()
      host = await startHost({ ...options, extensions: [createDurableExtension()] })
    },
    async close(): Promise<void> {
      await host.stop()
      rmSync(stateDir, { recursive: true, force: true })
    },
  }
}
