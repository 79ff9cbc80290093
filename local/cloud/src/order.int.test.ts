import { spawn } from "node:child_process"
import { once } from "node:events"
import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { join } from "node:path"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { repositoryRoot } from "./settings.ts"

let other: Server
let port: number

beforeEach(async () => {
  other = createServer((_, answer) => answer.end("<html>Another program</html>")).listen(0, "127.0.0.1")
  await once(other, "listening")
  port = (other.address() as AddressInfo).port
})

afterEach(() => {
  other.close()
})

async function order(...args: string[]) {
  const program = join(repositoryRoot, "local", "cloud", "src", "order.ts")
  const child = spawn(process.execPath, [program, ...args], { stdio: ["ignore", "ignore", "pipe"] })
  let printed = ""
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    printed += text
  })
  const [code] = await once(child, "close")
  return { code, printed: printed.replace(/^\(node:.*\n(\(Use .*\n)?/gm, "") }
}

describe("npm run order", () => {
  it("says so when another program listens on the port", async () => {
    expect(await order("--identity-port", String(port))).toEqual({
      code: 1,
      printed: `http://localhost:${port}/dev/token?customer=mehmet answered 200 and no JSON: another program than the shop listens there\n`,
    })
  })

  it("says so when nothing listens", async () => {
    other.close()
    await once(other, "close")
    const { code, printed } = await order("--identity-port", String(port))
    expect(code).toBe(1)
    expect(printed).toMatch(/^The shop is not running: start it with `npm start` in another terminal\./)
  })
})
