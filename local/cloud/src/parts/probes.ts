import { request } from "node:http"
import { connect } from "node:net"

const PROBE_TIMEOUT_MS = 2_000

/** Asks a local HTTP address; answers status and body, or undefined when nothing answers. */
export function get(url: string): Promise<{ status: number; body: string } | undefined> {
  return new Promise((resolve) => {
    const { port, pathname } = new URL(url)
    const asked = request(
      { host: "127.0.0.1", port, path: pathname, timeout: PROBE_TIMEOUT_MS },
      (answer) => {
        let body = ""
        answer.setEncoding("utf8")
        answer.on("data", (chunk) => {
          body += chunk
        })
        answer.on("end", () => resolve({ status: answer.statusCode ?? 0, body }))
        answer.on("error", () => resolve(undefined))
      },
    )
    asked.on("error", () => resolve(undefined))
    asked.on("timeout", () => asked.destroy())
    asked.end()
  })
}

/** True when something accepts connections on the port and, if a line is sent, answers it as expected. */
export function accepts(port: number, line?: string, expected?: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: "127.0.0.1" })
    const done = (result: boolean) => {
      socket.destroy()
      resolve(result)
    }
    socket.setTimeout(PROBE_TIMEOUT_MS, () => done(false))
    socket.on("error", () => done(false))
    socket.on("close", () => done(false))
    socket.on("connect", () => {
      if (line === undefined) done(true)
      else socket.write(line)
    })
    socket.on("data", (data) => done(expected === undefined || data.toString().startsWith(expected)))
  })
}
