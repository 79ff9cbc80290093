import { createHmac } from "node:crypto"
import { join } from "node:path"
import type { Access, App, Route } from "@eshop/building-blocks/app/app"
import { routesOf } from "@eshop/building-blocks/app/functions"
import { parametersOf } from "@eshop/building-blocks/http/route"
import { openKeyRing } from "@eshop/identity-provider/keys"
import type { Cloud } from "@eshop/local-cloud/cloud"
import { type CryptoKey, exportSPKI, generateKeyPair, importJWK, SignJWT, UnsecuredJWT } from "jose"
import { basket } from "../../functions/basket/src/app.ts"
import { catalog } from "../../functions/catalog/src/app.ts"
import { discount } from "../../functions/discount/src/app.ts"
import { ordering } from "../../functions/ordering/src/app.ts"
import { tokenFor } from "../fixtures/http.ts"

type AppName = keyof Cloud["connections"]["apps"]
const apps: Record<AppName, App<never>> = { catalog, basket, discount, ordering }

/** Every route of every app. */
export const routes: readonly { readonly app: AppName; readonly route: Route }[] = Object.entries(
  apps,
).flatMap(([app, value]) => routesOf(value as App).map((route) => ({ app: app as AppName, route })))

/** Every role that a route asks for. */
export const roles = [
  ...new Set(routes.flatMap(({ route: { access } }) => (typeof access === "object" ? [access.role] : []))),
].toSorted()

/** Somebody who calls. */
export type Principal = {
  readonly name: string
  readonly kind: "nobody" | "invalid" | "guest" | "order-holder" | "customer" | "service"
  readonly roles: readonly string[]
  readonly headers: Readonly<Record<string, string>>
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

/** Tokens that must open nothing, of somebody who has every role. */
async function invalidTokens({ dataDir, connections: { identity } }: Cloud): Promise<Record<string, string>> {
  const { kid, privateKey, publicJwk } = (await openKeyRing(join(dataDir, "identity"), Date.now)).current()
  const seconds = Math.floor(Date.now() / 1_000)
  const good = {
    iss: identity,
    aud: "eshop",
    sub: "mallory",
    exp: seconds + 600,
    roles,
    scp: "access_as_user",
  }
  const signed = (
    changes: Record<string, unknown>,
    header: { kid?: string; typ?: string } = {},
    key = privateKey,
  ) =>
    new SignJWT({ ...good, ...changes })
      .setProtectedHeader({ alg: "RS256", kid, typ: "at+jwt", ...header })
      .sign(key)
  const stranger = await generateKeyPair("RS256")
  const publicKey = (await importJWK(publicJwk, "RS256", { extractable: true })) as CryptoKey
  const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url")
  const content = `${encoded({ alg: "HS256", kid, typ: "at+jwt" })}.${encoded(good)}`
  return {
    expired: await signed({ exp: seconds - 60 }),
    "not yet valid": await signed({ nbf: seconds + 3_600 }),
    "for another audience": await signed({ aud: "bank" }),
    "of another issuer": await signed({ iss: "https://issuer.example" }),
    "without signature": new UnsecuredJWT(good).encode(),
    "signed with the public key": `${content}.${createHmac("sha256", await exportSPKI(publicKey))
      .update(content)
      .digest("base64url")}`,
    "of an unknown key": await signed({}, { kid: "unknown" }, stranger.privateKey),
    "of another key by our key's name": await signed({}, {}, stranger.privateKey),
    "an id token": await signed({ aud: "storefront", scp: undefined, nonce: "n" }, { typ: "JWT" }),
    "an id token for the shop": await signed({ scp: undefined, nonce: "n" }, { typ: "JWT" }),
    "a refresh token": "8xLOxBtZp8", // opaque, as RFC 6749 has them
    "for another scope": await signed({ scp: "openid profile" }),
    "of another kind": await signed({}, { typ: "logout+jwt" }),
  }
}

/** Everybody who may call, and everybody who may not. */
export async function principalsOf(
  cloud: Cloud,
  { guestToken, orderToken }: { readonly guestToken: string; readonly orderToken: string },
): Promise<Principal[]> {
  const { identity } = cloud.connections
  const signedIn = async (
    name: string,
    kind: "customer" | "service",
    who: string,
    held: readonly string[],
  ) => ({
    ...{ name, kind, roles: held, headers: bearer(await tokenFor(identity, who)) },
  })
  const invalid = Object.entries(await invalidTokens(cloud)).map(
    ([name, token]): Principal => ({
      name: `a token ${name}`,
      kind: "invalid",
      roles: [],
      headers: bearer(token),
    }),
  )
  return [
    { name: "nobody", kind: "nobody", roles: [], headers: {} },
    ...invalid,
    { name: "a guest", kind: "guest", roles: [], headers: { "x-guest-token": guestToken } },
    { name: "an order's holder", kind: "order-holder", roles: [], headers: { "x-order-token": orderToken } },
    await signedIn("a customer", "customer", "customer=mehmet", []),
    await signedIn("a service without roles", "service", "client=catalog", []),
    await signedIn("the service ordering", "service", "client=ordering", [
      ...["discount.quote", "discount.redeem", "basket.checkouts", "privacy.read"],
    ]),
    ...(await Promise.all(
      roles.map((role) => signedIn(`one who has ${role}`, "customer", `customer=ada&role=${role}`, [role])),
    )),
  ]
}

/** 401 or 403 as the route's access has it; undefined for whoever may. */
export function denialOf({ kind, roles: held }: Principal, access: Access): 401 | 403 | undefined {
  if (kind === "invalid") return 401
  if (access === "anyone") return undefined
  const isShopper = kind === "guest" || kind === "customer"
  if (kind === "customer" || kind === "service") {
    if (typeof access === "object") return held.includes(access.role) ? undefined : 403
    if (access === "customer" || access === "shopper") return isShopper ? undefined : 403
    return undefined
  }
  switch (access) {
    case "shopper":
      return undefined
    case "order":
      return kind === "nobody" ? 401 : undefined
    case "customer":
    case "signed-in-or-guest":
      return isShopper ? undefined : 401
    default:
      return 401
  }
}

/** Whether somebody may see an order of the guest in question: others who may call are told that there is none. */
const seesOrder = ({ kind, roles: held }: Principal): boolean =>
  kind === "guest" ||
  kind === "order-holder" ||
  held.includes("orders.manage") ||
  held.includes("orders.fulfil")

/** What a request that is let through is answered where {@link answerOf} does not follow from the route. */
const otherAnswers: Record<string, number> = {
  // Its parts are lines, not JSON.
  "catalog.put-import-part": 415,
  // The payment provider proves itself by a signature over the body.
  "ordering.receive-payment-report": 403,
  // Nothing is kept of a customer called "-", nor is anything to be erased.
  "catalog.get-customer-data": 200,
  "basket.get-customer-data": 200,
  "discount.get-customer-data": 200,
  "ordering.export-customer-data": 200,
  "ordering.get-erasure": 200,
}

/**
 * What whoever may is answered to {@link requestOf}: its input is wrong, so that nothing is changed; a reading whose
 * input is right finds a list, or nothing of that name.
 */
export function answerOf(
  principal: Principal,
  { useCase, method, path, access }: Route,
  params: Params,
): number {
  const known = otherAnswers[useCase.name]
  if (known !== undefined) return known
  if (method !== "GET" || !useCase.input.safeParse(params).success) return 400
  if (access === "order" && seesOrder(principal)) return 200
  return parametersOf(path).length > 0 ? 404 : 200
}
type Params = Record<string, string>

/**
 * A request to a route that changes nothing, whoever sends it.
 * @param orderId stands for `{id}` where the order's holder may call
 */
export function requestOf(route: Route, orderId: string) {
  const params = Object.fromEntries(
    parametersOf(route.path).map((name) => [name, route.access === "order" && name === "id" ? orderId : "-"]),
  )
  const path = route.path.replaceAll(/\{(\w+)\}/g, (_, name) => params[name] ?? "")
  const hasBody = route.method !== "GET" && route.method !== "DELETE"
  return {
    params,
    path: route.method === "DELETE" ? `${path}?unknown=1` : path,
    method: route.method,
    headers: { ...(hasBody && { "content-type": "application/json" }) },
    ...(hasBody && { body: "[]" }),
  }
}
