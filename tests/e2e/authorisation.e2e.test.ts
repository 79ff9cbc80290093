import { createHash, randomUUID } from "node:crypto"
import { type CartAnswer, type CheckoutAnswer, someAddress } from "@eshop/local-cloud/shop/shop-client"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { answerOf, denialOf, type Principal, principalsOf, requestOf, routes } from "./authorisation.ts"
import { everythingKept, type Kept } from "./everything-kept.ts"
import { eventually, products, type RunningShop, runShop } from "./running-shop.ts"

const AT_ONCE = 8
/** Thousands of requests; many times longer than it takes, for a machine that has other work. */
const TIMEOUT_MS = 300_000

let running: RunningShop
let principals: Principal[]
let orderId: string
/** Another guest, with an order of their own. */
let stranger: { guestToken: string; orderToken: string }
let before: Kept

beforeAll(async () => {
  running = await runShop()
  const [guest, other] = await Promise.all([buyAsGuest(), buyAsGuest()])
  ;[orderId, stranger] = [guest.orderId, other]
  principals = await principalsOf(running.cloud, guest)
  before = await atRest()
})
afterAll(() => running?.stop())

/** A guest who has bought something, which is paid. */
async function buyAsGuest() {
  let guestToken = "new"
  const send = async <T>(path: string, body: unknown) => {
    const headers = { "x-guest-token": guestToken, "idempotency-key": randomUUID() }
    const answer = await running.shop.send<T>(undefined, "POST", path, { headers, body })
    guestToken = answer.headers.get("x-guest-token") ?? guestToken
    return answer
  }
  const cart = await send<CartAnswer>("/basket/cart/items", { sku: products.xiaomi, quantity: 1 })
  const { headers, body } = await send<CheckoutAnswer>("/basket/checkout", {
    expectedTotal: cart.body.total,
    shippingAddress: someAddress,
    paymentMethod: "pm_card_visa",
  })
  const orderToken = headers.get("x-order-token") ?? ""
  const order = () =>
    running.shop.send<{ status: string }>(undefined, "GET", `/ordering/orders/${body.orderId}`, {
      headers: { "x-order-token": orderToken },
    })
  expect((await eventually(order, ({ body: { status } }) => status === "Paid")).body.status).toBe("Paid")
  return { guestToken, orderToken, orderId: body.orderId }
}

/** What the shop keeps once both orders have been heard of everywhere and their notices are sent. */
async function atRest(): Promise<Kept> {
  let last: Kept = {}
  return await eventually(
    async () => {
      await new Promise((resolve) => setTimeout(resolve, 500))
      return everythingKept(running)
    },
    (kept) => {
      const isAtRest =
        kept.notices?.startsWith("2 ") === true && JSON.stringify(kept) === JSON.stringify(last)
      last = kept
      return isAtRest
    },
    60_000,
  )
}

const byName = (name: string) => principals.find((principal) => principal.name === name) as Principal

/** Members of a problem; anything else would tell of the inside. */
const MEMBERS = ["detail", "instance", "status", "title", "traceId", "type"]

/** What is wrong with a denial; nothing when it is as it must be. */
function faultsOf(status: number, headers: Headers, text: string): string[] {
  if (headers.get("content-type") !== "application/problem+json") return ["is no problem"]
  const body = JSON.parse(text)
  const [faults, strange] = [[] as string[], Object.keys(body).filter((name) => !MEMBERS.includes(name))]
  if (strange.length > 0) faults.push(`has the members ${strange}`)
  if (!/^urn:eshop:problem:auth[.]/.test(body.type) || body.status !== status) faults.push(`is ${body.type}`)
  if (headers.has("www-authenticate") !== (status === 401)) faults.push("challenges wrongly")
  return faults
}

/** Sends every request of those that are wanted, some at a time. @returns what is wrong with the answers */
async function sendAll(
  baseOf: (app: AppName) => string,
  wants: (denial: 401 | 403 | undefined) => boolean,
): Promise<string[]> {
  const wrong: string[] = []
  const cases = routes
    .flatMap((entry) => principals.map((principal) => ({ ...entry, principal })))
    .filter(({ route, principal }) => wants(denialOf(principal, route.access)))
  async function check({ app, route, principal }: (typeof cases)[number]) {
    const { params, path, ...request } = requestOf(route, orderId)
    const response = await fetch(`${baseOf(app)}/${path}`, {
      ...request,
      headers: { ...request.headers, ...principal.headers },
      redirect: "manual",
    })
    const text = await response.text()
    const denial = denialOf(principal, route.access)
    const faults = denial ? faultsOf(denial, response.headers, text) : []
    const expected = denial ?? answerOf(principal, route, params)
    if (response.status !== expected) faults.unshift(`is answered ${response.status} instead of ${expected}`)
    for (const fault of faults)
      wrong.push(`${route.method} ${app}/${route.path} by ${principal.name} ${fault}`)
  }
  const waiting = cases.values()
  const send = async () => {
    for (const next of waiting) await check(next)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, send))
  return wrong
}

type AppName = (typeof routes)[number]["app"]
const ways: [string, (app: AppName) => string][] = [
  ["through the gateway", (app) => `${running.cloud.connections.gateway}/${app}`],
  ["past the gateway, at the app", (app) => running.cloud.connections.apps[app]],
]

describe("denied, and without effect, is", () => {
  test.each(ways)(
    "every route to everybody whom it is not for, %s",
    async (_, baseOf) => {
      expect(await sendAll(baseOf, (denial) => denial !== undefined)).toEqual([])
    },
    TIMEOUT_MS,
  )

  const lines = [{ sku: products.xiaomi, quantity: 1 }]
  test.each<[string, string, unknown?]>([
    ["POST", "ordering/orders/{id}/cancellation", {}],
    ["POST", "ordering/orders/{id}/withdrawals", {}],
    ["POST", `ordering/orders/{id}/withdrawals/${randomUUID()}/confirmation`, {}],
    ["GET", `ordering/orders/{id}/withdrawals/${randomUUID()}/receipt`],
    ["POST", "ordering/orders/{id}/returns", { lines, reason: "goods.unwanted" }],
    ["GET", "ordering/orders/{id}"],
    ["GET", "ordering/orders/{id}/timeline"],
    ["GET", "ordering/orders/{id}/price-proof"],
    ["GET", "ordering/orders/{id}/returns"],
    ["GET", "ordering/orders/{id}/invoice"],
    ["POST", "basket/cart/order-again", { orderId: "{id}" }],
  ])("what is another customer's: %s %s", async (method, path, body) => {
    const { gateway } = running.cloud.connections
    const send = async (headers: Record<string, string>) => {
      const response = await fetch(`${gateway}/${path.replace("{id}", orderId)}`, {
        method,
        headers: { ...headers, "content-type": "application/json", "idempotency-key": randomUUID() },
        ...(body !== undefined && { body: JSON.stringify(body).replace("{id}", orderId) }),
      })
      return [response.status, ((await response.json()) as { type: string }).type]
    }
    const unknown = path.startsWith("basket") ? "checkout.unknown" : "order.unknown"
    for (const name of ["a customer", "one who has catalog.write"])
      expect(await send(byName(name).headers)).toEqual([404, `urn:eshop:problem:${unknown}`])
    expect(await send({ "x-guest-token": stranger.guestToken })).toEqual([
      404,
      `urn:eshop:problem:${unknown}`,
    ])
    expect(await send({ "x-order-token": stranger.orderToken })).toEqual([
      401,
      "urn:eshop:problem:auth.required",
    ])
  })

  test("so that everything is as it was", async () => {
    expect(await everythingKept(running)).toEqual(before)
  })
})

test.each(ways)(
  "every route is open to whoever it is for, %s",
  async (_, baseOf) => {
    expect(await sendAll(baseOf, (denial) => denial === undefined)).toEqual([])
  },
  TIMEOUT_MS,
)

test("who signs in as the storefront does is let in, also after the issuer's key has changed", async () => {
  const { identity, gateway, apps } = running.cloud.connections
  const [redirectUri, verifier] = ["http://localhost:8080/sign-in/callback", randomUUID() + randomUUID()]
  const asked = {
    ...{
      client_id: "storefront",
      redirect_uri: redirectUri,
      response_type: "code",
      account: "orders-manage",
    },
    ...{ scope: "openid offline_access access_as_user", code_challenge_method: "S256" },
    code_challenge: createHash("sha256").update(verifier).digest("base64url"),
  }
  const post = (path: string, form: Record<string, string>) =>
    fetch(`${identity}${path}`, { method: "POST", body: new URLSearchParams(form), redirect: "manual" })
  const tokens = async (form: Record<string, string>) =>
    (await (await post("/token", { client_id: "storefront", ...form })).json()) as Record<string, string>
  const orders = async (token = "") =>
    await Promise.all(
      [`${gateway}/ordering`, apps.ordering].map(async (base) => {
        const headers = { authorization: `Bearer ${token}` }
        return (await fetch(`${base}/operations/orders`, { headers })).status
      }),
    )

  const location = new URL((await post("/authorize", asked)).headers.get("location") ?? "")
  const code = location.searchParams.get("code") ?? ""
  const first = await tokens({
    ...{ grant_type: "authorization_code", code, redirect_uri: redirectUri, code_verifier: verifier },
  })
  expect([await orders(first.access_token), await orders(first.id_token)]).toEqual([
    [200, 200],
    [401, 401],
  ])

  expect((await post("/dev/rotate-keys?forget", {})).status).toBe(200)
  const refresh = { grant_type: "refresh_token", refresh_token: first.refresh_token ?? "" }
  const second = await tokens(refresh)
  // For some seconds after it asked for keys, an app does not ask again: anybody can make unknown ones up.
  const answers = await eventually(
    () => orders(second.access_token),
    (statuses) => statuses.every((status) => status === 200),
  )
  expect(answers).toEqual([200, 200])
  expect((await post("/token", { ...refresh, client_id: "storefront" })).status).toBe(400)
})
