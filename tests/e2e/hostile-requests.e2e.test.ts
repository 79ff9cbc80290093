import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js"
import { afterAll, beforeAll, expect, test } from "vitest"
import { tokenFor } from "../fixtures/http.ts"
import { type Document, hostileRequests } from "./hostile-requests.ts"
import { type RunningShop, runShop } from "./running-shop.ts"

const REQUESTS = 2_000
const AT_ONCE = 8
const SEED = 20_261_101

/** What the gateway answers itself, whatever the route: a path that is none of its own, or no HTTP that an app sees. */
const ofTheEdge =
  /^urn:eshop:problem:(route|request)[.](unknown|malformed|too-large|headers-too-large|body-unexpected)$/

let running: RunningShop
beforeAll(async () => {
  running = await runShop()
})
afterAll(() => running?.stop())

test(`${REQUESTS} hostile requests over all routes: no failure, and every answer is as the document says`, async () => {
  const { gateway, identity, apps } = running.cloud.connections
  const document = (await (await fetch(`${gateway}/openapi.json`)).json()) as Document
  const requests = hostileRequests(document, REQUESTS, SEED)
  const roles = new Set(
    Object.values(document.paths)
      .flatMap((methods) => Object.values(methods))
      .flatMap(({ security = [] }) => security.flatMap(({ bearer = [] }) => [...bearer])),
  )
  // A customer who has every role: nothing is refused for who asks.
  const token = await tokenFor(
    identity,
    ["customer=mallory", ...[...roles].map((role) => `role=${role}`)].join("&"),
  )

  const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: false })
  ajv.addSchema(document, "api")
  const validators = new Map<string, ValidateFunction>()
  const part = (name: string) => name.replaceAll("~", "~0").replaceAll("/", "~1")
  /** The validator of an answer; undefined where the document has none for it. */
  function validatorOf(route: string, method: string, status: number, type: string) {
    const operation = document.paths[route]?.[method.toLowerCase()]
    const response = operation?.responses[status]
    if (!response) return undefined
    const base = response.$ref ?? `#/paths/${part(route)}/${method.toLowerCase()}/responses/${status}`
    const pointer = `api${base}/content/${part(type)}/schema`
    const known = validators.get(pointer)
    if (known) return known
    const made = ajv.compile({ $ref: pointer })
    validators.set(pointer, made)
    return made
  }

  const wrong: string[] = []
  const statuses = new Map<number, number>()
  async function send({ operation, method, route, path, headers, body }: (typeof requests)[number]) {
    const response = await fetch(`${gateway}${path}`, {
      method,
      headers: { ...headers, authorization: `Bearer ${token}` },
      redirect: "manual",
      ...(body !== undefined && { body }),
    })
    const { status } = response
    const answer = await response.text()
    statuses.set(status, (statuses.get(status) ?? 0) + 1)
    const type = response.headers.get("content-type")?.split(";")[0] ?? ""
    const say = (what: string) =>
      wrong.push(`${operation}: ${status} ${what}: ${path.slice(0, 200)} ${body?.slice(0, 300) ?? ""}`)
    if (status >= 500) return say(answer.slice(0, 300))
    if (status === 204 || status === 304 || answer === "") return
    if (status >= 400 && type !== "application/problem+json") return say(`is a ${type}`)
    const isLines = type === "application/x-ndjson"
    const values = isLines
      ? answer
          .trimEnd()
          .split("\n")
          .map((line) => JSON.parse(line))
      : [JSON.parse(answer)]
    if (status >= 400 && ofTheEdge.test(values[0].type)) return
    const validate = validatorOf(route, method, status, type)
    if (!validate) return say("is not in the document")
    for (const value of values) if (!validate(value)) say(ajv.errorsText(validate.errors).slice(0, 300))
  }
  const queue = [...requests]
  const worker = async () => {
    for (let next = queue.pop(); next; next = queue.pop()) await send(next)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))

  expect(wrong.slice(0, 20)).toEqual([])
  // Not all are refused at the door: some get to the rules behind it, some are even right.
  expect([200, 400, 404].filter((status) => !statuses.get(status))).toEqual([])
  for (const app of Object.values(apps)) expect((await fetch(`${app}/health/ready`)).status, app).toBe(200)
}, 300_000)
