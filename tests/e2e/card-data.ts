import type { App, Route } from "@eshop/building-blocks/app/app"
import { routesOf } from "@eshop/building-blocks/app/functions"
import { parametersOf, readsQuery } from "@eshop/building-blocks/http/route"
import type * as z from "zod"

/** Providers' published test numbers of several brands, written in several ways. */
export const cards = [
  "4242424242424242",
  "5555 5555 5555 4444",
  "3782-822463-10005",
  "6011 1111 1111 1117",
  "3566-0020-2036-0505",
  "6200000000000005",
] as const
/** Stands for a verification code, which has too few digits to be looked for. */
export const CODE = "code-of-no-card-7391"

/** A request with card data in one place. */
export type CardRequest = {
  readonly name: string
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

const SOME_ID = "018f0000-0000-7000-8000-000000000001"
const json = (value: unknown): string => JSON.stringify(value)

/** Names of the members that a route's use case knows. */
const membersOf = ({ useCase, path }: Route): string[] => {
  const { shape } = useCase.input as Partial<z.ZodObject>
  const inPath = parametersOf(path)
  return Object.keys(shape ?? {}).filter((name) => !inPath.includes(name))
}

/** Bodies that hold card data: in members that are known, in others, deeper, as numbers, in names. */
function bodiesOf(route: Route, card: string): Record<string, string> {
  if (route.raw) {
    const escaped = [...card].map((digit) => `\\u${digit.charCodeAt(0).toString(16).padStart(4, "0")}`)
    return {
      "a line": `${json({ product: { name: "x" } })}\n${json({ note: card })}\n`,
      "a line, escaped": `{"note":"${escaped.join("")}"}\n`,
      "a line's verification code": `${json({ cvc: CODE })}\n`,
    }
  }
  const known = membersOf(route).map((member) => [`the member ${member}`, json({ [member]: card })])
  return {
    ...Object.fromEntries(known),
    "an unknown member": json({ nobodyKnowsIt: card }),
    "a nested member": json({ a: [{ b: { c: `pay with ${card}, please` } }] }),
    "a number": json({ note: Number(card.replace(/\D/g, "")) }),
    "the name of a member": json({ a: { [card]: 1 } }),
    "a verification code": json({ payment: { CVV: CODE } }),
    "no object": json(card),
  }
}

/** Every place of a route where a request can hold card data. @param at where the app's routes begin */
function requestsTo(route: Route, at: string, card: string): CardRequest[] {
  const { method } = route
  const path = (value: string) => route.path.replace(/\{\w+\}/g, value)
  const headers = {
    ...(route.raw && { "content-type": route.contentType ?? "application/json" }),
    ...(!route.raw && !readsQuery(route) && { "content-type": "application/json" }),
    ...(route.idempotent && { "idempotency-key": SOME_ID }),
  }
  const some = { method, path: `${at}/${path(SOME_ID)}`, headers }
  const request = (place: string, given: Partial<CardRequest>): CardRequest => ({
    ...some,
    ...given,
    name: `${method} ${at}/${route.path}, ${place}`,
  })
  const query = encodeURIComponent(card)
  return [
    request("a header", { headers: { ...headers, "x-note": card } }),
    request("the query", { path: `${some.path}?nobodyKnowsIt=${query}` }),
    request("a verification code in the query", { path: `${some.path}?cvv=${CODE}` }),
    ...(route.idempotent
      ? [request("the key", { headers: { ...headers, "idempotency-key": card.replaceAll(" ", "-") } })]
      : []),
    ...(parametersOf(route.path).length > 0 ? [request("the path", { path: `${at}/${path(query)}` })] : []),
    ...(readsQuery(route)
      ? membersOf(route).map((member) =>
          request(`the member ${member}`, { path: `${some.path}?${member}=${query}` }),
        )
      : Object.entries(bodiesOf(route, card)).map(([place, body]) => request(place, { body }))),
  ]
}

/** Requests with card data in every place of every route of an app, the cards in turn. */
export const cardRequests = (app: App<never>): CardRequest[] =>
  routesOf(app).flatMap((route, index) =>
    requestsTo(route, `/${app.name}`, cards[index % cards.length] as string),
  )
