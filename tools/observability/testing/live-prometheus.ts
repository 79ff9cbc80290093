import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { vi } from "vitest"
import { stringify } from "yaml"
import { apps } from "../../apps.ts"
import { type RuleGroup, ruleGroups } from "../prometheus-rules.ts"
import { startMetrics } from "./metrics-text.ts"
import { platformText } from "./platform-text.ts"

async function listen(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  return (server.address() as AddressInfo).port
}

/** A port that is free now: Prometheus has no way to say which one it took. */
async function freePort(): Promise<number> {
  const server = createServer()
  const port = await listen(server)
  server.close()
  await once(server, "close")
  return port
}

async function serveMetrics(): Promise<{ port: number; stop: () => Promise<void> }> {
  const shop = startMetrics()
  let scrapes = 0
  const server = createServer(async (request, response) => {
    const text = request.url === "/metrics" ? await shop.next() : platformText(++scrapes)
    response.writeHead(200, { "content-type": "text/plain; version=0.0.4; charset=utf-8" }).end(text)
  })
  const port = await listen(server)
  return {
    port,
    stop: async () => {
      server.closeAllConnections()
      server.close()
      await shop.stop()
    },
  }
}

function configuration(port: number): object {
  const target = (labels: Record<string, string>) => [{ targets: [`127.0.0.1:${port}`], labels }]
  return {
    global: { scrape_interval: "1s", scrape_timeout: "1s", evaluation_interval: "1s" },
    rule_files: ["rules.yaml"],
    scrape_configs: [
      ...apps.map((app) => ({
        job_name: app,
        static_configs: target({ namespace: "eshop", pod: `${app}-http-0`, component: "http" }),
      })),
      { job_name: "platform", metrics_path: "/platform", honor_labels: true, static_configs: target({}) },
    ],
  }
}

export type LivePrometheus = {
  /** @returns how many series the query answers @throws Error with Prometheus' own message */
  readonly query: (query: string) => Promise<number>
  readonly stop: () => Promise<void>
}

/** Prometheus on loopback with the shop's rules, scraping a pod of each app and the platform once a second. */
export async function startPrometheus(): Promise<LivePrometheus> {
  const source = await serveMetrics()
  const folder = mkdtempSync(join(tmpdir(), "prometheus-"))
  const groups: RuleGroup[] = ruleGroups.map((group) => ({ ...group, interval: "1s" }))
  writeFileSync(join(folder, "rules.yaml"), stringify({ groups }))
  writeFileSync(join(folder, "prometheus.yaml"), stringify(configuration(source.port)))
  const port = await freePort()
  const child = spawn(
    "prometheus",
    [
      `--config.file=${join(folder, "prometheus.yaml")}`,
      `--storage.tsdb.path=${join(folder, "data")}`,
      `--web.listen-address=127.0.0.1:${port}`,
      "--log.level=error",
    ],
    { stdio: ["ignore", "ignore", "pipe"] },
  )
  let errors = ""
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    errors += text
  })
  const query = async (text: string): Promise<number> => {
    const response = await fetch(`http://127.0.0.1:${port}/api/v1/query`, {
      method: "POST",
      body: new URLSearchParams({ query: text }),
    })
    const answer = (await response.json()) as { status: string; error?: string; data: { result: unknown[] } }
    if (answer.status !== "success") throw new Error(answer.error)
    return answer.data.result.length
  }
  const stop = async () => {
    const ended = child.exitCode === null ? once(child, "exit") : undefined
    child.kill()
    await ended
    await source.stop()
    rmSync(folder, { recursive: true })
  }
  await vi
    .waitFor(
      async () => {
        if (child.exitCode !== null) throw new Error(`prometheus has ended: ${errors}`)
        // Two scrapes are what a rate needs, and the recorded series follow them.
        const rated = await query("rate(eshop_orders_total[1m])")
        const recorded = await query('{__name__=~"eshop:.+_2d"}')
        if (rated !== 12 || recorded !== 7) throw new Error(`${rated} rates, ${recorded} recorded series`)
      },
      { timeout: 20_000, interval: 200 },
    )
    .catch(async (error) => {
      await stop()
      throw error
    })
  return { query, stop }
}
