import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { json } from "node:stream/consumers"
import { afterEach, beforeEach, expect, test } from "vitest"
import { appNames } from "../settings.ts"
import { privacyOperations, readErasures } from "./privacy-operations.ts"

/** The identity provider and the apps in one server, each app below its name; it answers what a test has put there. */
let answers: Record<string, unknown[]>
let asked: { target: string; body: unknown }[]
let server: ReturnType<typeof createServer>
let url: string

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const target = `${request.method} ${request.url}`
  response.setHeader("content-type", "application/json")
  if (target === "GET /dev/token?role=privacy.manage")
    return void response.end('{"access_token":"of-an-officer"}')
  const body = request.method === "POST" ? await json(request) : undefined
  asked.push({ target, body })
  const next = request.headers.authorization === "Bearer of-an-officer" ? answers[target]?.shift() : undefined
  response.writeHead(next ? 200 : 403).end(JSON.stringify(next ?? {}))
}

beforeEach(async () => {
  answers = {}
  asked = []
  server = createServer((request, response) => void answer(request, response)).listen(0, "127.0.0.1")
  await new Promise((resolve) => server.once("listening", resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterEach(() => {
  server.closeAllConnections()
  server.close()
})

const operations = () =>
  privacyOperations({
    identity: url,
    apps: Object.fromEntries(appNames.map((app) => [app, `${url}/${app}`])) as never,
  })
const erased = (customerId: string, day: number) => ({ customerId, until: `2026-11-0${day}T00:00:00.000Z` })
const list = (app: string, items: unknown[], nextCursor: string | null = null, cursor = "") => {
  const target = `GET /${app}/operations/erasures?limit=100${cursor}`
  answers[target] = [...(answers[target] ?? []), { items, nextCursor }]
}

test("who was forgotten anywhere, or is on the list, is forgotten again everywhere, as of the latest moment", async () => {
  list("ordering", [erased("a", 1)], "next")
  list("ordering", [erased("b", 2)], null, "&cursor=next")
  list("basket", [erased("b", 3)])
  list("discount", [erased("c", 1)])
  list("catalog", [])
  answers["POST /ordering/operations/erasures"] = [{ erased: 4 }]
  const listed = readErasures(`${JSON.stringify(erased("d", 4))}\n${JSON.stringify(erased("c", 2))}\n`)
  const progress: number[] = []
  expect(await operations().eraseAgain(listed, (done) => progress.push(done))).toBe(4)
  expect(asked.at(-1)?.body).toEqual({
    erasures: [erased("a", 1), erased("b", 3), erased("c", 2), erased("d", 4)],
  })
  expect(progress).toEqual([4])
})

test("a context that does not tell whom it has forgotten stops everything", async () => {
  for (const app of ["ordering", "basket", "discount"]) list(app, [erased("a", 1)])
  await expect(operations().eraseAgain([], () => {})).rejects.toThrow(
    "GET /operations/erasures?limit=100 was answered with 403",
  )
  expect(asked.map(({ target }) => target)).not.toContain("POST /ordering/operations/erasures")
})

test("a list that is none is refused", () => {
  expect(() => readErasures('{"customerId":"a"}')).toThrow()
})

test("keys are wrapped anew until none is left", async () => {
  const versions = [{ version: "b", keys: 700 }]
  answers["POST /basket/operations/personal-data/rewrap"] = [
    { rewrapped: 500, versions: [] },
    { rewrapped: 200, versions },
    { rewrapped: 0, versions },
  ]
  const progress: number[] = []
  expect(await operations().rotateKeys("basket", (done) => progress.push(done))).toEqual({
    rewrapped: 700,
    versions,
  })
  expect(progress).toEqual([500, 700])
})
