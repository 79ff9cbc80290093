import { once } from "node:events"
import { mkdir, mkdtemp, rm } from "node:fs/promises"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { Cloud } from "@eshop/local-cloud/cloud"
import { appPart } from "@eshop/local-cloud/parts/edge"
import { appSettings } from "@eshop/local-cloud/settings"
import { Part } from "@eshop/local-cloud/supervisor/part"
import { PartLog } from "@eshop/local-cloud/supervisor/part-log"

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1")
  await once(server, "listening")
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, "close")
  return port
}

/**
 * A second process of Catalog beside the one of a running cloud, on the same stores and subscriptions: what Azure does
 * when it scales out.
 * @returns what it has logged, and what stops it
 */
export async function startSecondCatalog({ connections }: Cloud): Promise<{
  readonly lines: readonly string[]
  stop(): Promise<void>
}> {
  const directory = await mkdtemp(join(tmpdir(), "eshop-second-"))
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const to = { ...connections, apps: { ...connections.apps, catalog: url } }
  const env = { ...process.env, ...appSettings("catalog", connections, "") }
  const lines: string[] = []
  const run = join(directory, "run")
  await mkdir(run)
  const log = await PartLog.open(directory, "catalog", (line) => lines.push(line))
  const part = new Part(appPart("catalog", port, directory, to, env), log, run, () => {})
  part.start([])
  await part.whenReady()
  return {
    lines,
    async stop() {
      await part.stop()
      await rm(directory, { recursive: true, force: true })
    },
  }
}
