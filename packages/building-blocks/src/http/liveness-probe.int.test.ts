import { createServer, type RequestListener, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { afterEach, expect, test } from "vitest"
import { livenessProbe } from "./liveness-probe.ts"

let server: Server
afterEach(() => {
  server.closeAllConnections()
  server.close()
})

const asked: string[] = []
/** Probes a context that answers like this. */
async function probe(answer: RequestListener): Promise<void> {
  server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`)
    answer(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const { port } = server.address() as AddressInfo
  await livenessProbe({ name: "other", baseUrl: `http://127.0.0.1:${port}/other` })()
}

test("a context that lives is asked for its liveness, with nobody's token", async () => {
  let authorization: string | undefined
  await probe((request, response) => {
    authorization = request.headers.authorization
    response.end("{}")
  })
  expect([asked, authorization]).toEqual([["GET /other/health/live"], undefined])
})

test.each<[string, RequestListener]>([
  ["fails", (_, response) => response.writeHead(500).end()],
  ["is something else", (_, response) => response.writeHead(404).end()],
  ["hangs", () => {}],
])("one that %s is out", async (_, answer) => {
  await expect(probe(answer)).rejects.toMatchObject({
    name: "DependencyUnavailableError",
    dependency: "other",
  })
})
