import { type ChildProcess, spawn } from "node:child_process"
import { existsSync, readFileSync } from "node:fs"
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises"
import { Agent, createServer, type IncomingMessage, request, type Server } from "node:http"
import { type AddressInfo, connect } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { root } from "../apps.ts"

const PROGRAM = "/usr/sbin/nginx"
const RULES = "/usr/share/modsecurity-crs/rules"
const MODULE = "/usr/lib/nginx/modules/ngx_http_modsecurity_module.so"

/** Whether nginx, its ModSecurity module and the core rules are installed. In CI what is missing is a failure. */
export const available = [PROGRAM, RULES, MODULE].every(existsSync) || process.env.CI !== undefined

/** The generated configuration as committed, by file name. */
export const committed = (): Map<string, string> =>
  new Map(
    ["nginx.conf", "routes.conf", "proxy.conf", "modsecurity.conf"].map((name) => [
      name,
      readFileSync(join(root, "infra/gateway/nginx", name), "utf8"),
    ]),
  )

/** A request as it reached a service. */
export type Seen = {
  readonly service: string
  readonly method: string
  readonly url: string
  readonly headers: IncomingMessage["headers"]
  readonly body: Buffer
}

const portOf = (server: Server): number => (server.address() as AddressInfo).port

const listening = (server: Server): Promise<void> =>
  new Promise((resolve) => server.listen(0, "127.0.0.1", resolve))

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer()
  await listening(server)
  const port = portOf(server)
  await new Promise((resolve) => server.close(resolve))
  return port
}

async function accepts(port: number, nginx: ChildProcess, log: () => string): Promise<void> {
  for (;;) {
    if (nginx.exitCode !== null) throw new Error(`nginx ended with ${nginx.exitCode}:\n${log()}`)
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect(port, "127.0.0.1", () => resolve(true)).on("error", () => resolve(false))
      socket.once("connect", () => socket.destroy())
    })
    if (open) return
  }
}

/**
 * Starts nginx on a free port of the loopback interface in front of services that answer with what they were asked.
 * @param files the configuration by file name
 */
export async function startNginx(files: ReadonlyMap<string, string>) {
  const folder = await mkdtemp(join(tmpdir(), "nginx-"))
  const seen: Seen[] = []
  const services = await Promise.all(
    ["catalog", "basket", "discount", "ordering"].map(async (service) => {
      const server = createServer(async (incoming, response) => {
        const chunks: Buffer[] = []
        for await (const chunk of incoming) chunks.push(chunk)
        const { method = "", url = "", headers } = incoming
        seen.push({ service, method, url, headers, body: Buffer.concat(chunks) })
        response.setHeader("x-seen-url", url)
        response.setHeader("x-seen-prefix", String(headers["x-forwarded-prefix"]))
        response.end("ok")
      })
      await listening(server)
      return { service, server }
    }),
  )
  const port = await freePort()
  await mkdir(join(folder, "installation"))
  await writeFile(join(folder, "installation/listen.conf"), `listen 127.0.0.1:${port};\n`)
  const upstreams = services.map(
    ({ service, server }) => `upstream ${service} { server 127.0.0.1:${portOf(server)}; }\n`,
  )
  await writeFile(join(folder, "installation/upstreams.conf"), upstreams.join(""))
  for (const [name, text] of files) await writeFile(join(folder, name), text)
  // One process in the foreground, which ends with SIGTERM.
  const options = ["-p", folder, "-c", join(folder, "nginx.conf"), "-e", "stderr"]
  const directives = "daemon off; master_process off; error_log stderr info;"
  const nginx = spawn(PROGRAM, [...options, "-g", directives], {
    cwd: folder,
    stdio: ["ignore", "ignore", "pipe"],
  })
  let log = ""
  nginx.stderr.setEncoding("utf8").on("data", (text) => {
    log += text
  })
  await accepts(port, nginx, () => log)
  const agent = new Agent({ keepAlive: true })
  return {
    port,
    seen,
    /** What nginx and ModSecurity have logged. */
    log: () => log,
    /** Asks for a path as it stands; what the service saw of it is in the answer's headers `x-seen-…`. */
    ask: (method: string, path: string) =>
      new Promise<{ status: number; headers: IncomingMessage["headers"] }>((resolve, reject) => {
        const options = { agent, host: "127.0.0.1", port, method, path, headers: { host: "shop.example" } }
        const asked = request(options, (answer) => {
          answer
            .resume()
            .once("end", () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers }))
        })
        asked.on("error", reject).end()
      }),
    /** Sends bytes as they stand and answers all that came until nginx closed the connection. */
    bytes: (text: string | Buffer): Promise<string> =>
      new Promise((resolve, reject) => {
        let answer = ""
        const socket = connect(port, "127.0.0.1", () => socket.write(text))
        socket.on("data", (data) => {
          answer += data
        })
        socket.on("close", () => resolve(answer))
        socket.on("error", reject)
      }),
    async close(): Promise<void> {
      const ended = new Promise((resolve) => nginx.once("exit", resolve))
      agent.destroy()
      nginx.kill("SIGTERM")
      await ended
      for (const { server } of services) {
        server.closeAllConnections()
        server.close()
      }
      await rm(folder, { recursive: true })
    },
  }
}
