import type { PublishedRoute } from "../route-table.ts"
import type { Gateway } from "./gateway.ts"
import { problems } from "./problems.ts"

/**
 * When a route asks for a token: always; unless a guest's or an order's token came instead, which only the apps can
 * judge; or never. A token that is sent must be good everywhere.
 */
type Admission = "token" | "token-or-guest" | "token-or-guest-or-order" | "open"

/** An operation of API Management, which knows no HEAD of its own. */
export type Operation = {
  readonly id: string
  readonly service: string
  readonly method: string
  readonly urlTemplate: string
  readonly parameters: readonly string[]
  readonly admission: Admission
  readonly role: string | null
  readonly contentTypes: readonly string[]
  readonly maxBodyBytes: number
  /** The route's own limit counts as well. */
  readonly strict: boolean
}

function admissionOf({ access }: PublishedRoute): Admission {
  switch (access) {
    case "anyone":
    case "shopper":
      return "open"
    case "customer":
    case "signed-in-or-guest":
      return "token-or-guest"
    case "order":
      return "token-or-guest-or-order"
    default:
      return "token"
  }
}

function operationsOf(route: PublishedRoute, { rateLimits }: Gateway): Operation[] {
  const { name, service, method, path, access, contentTypes, maxBodyBytes } = route
  const operation = {
    id: name.replaceAll(".", "-"),
    service,
    method,
    urlTemplate: path,
    parameters: [...path.matchAll(/\{(\w+)\}/g)].map(([, parameter = ""]) => parameter),
    admission: admissionOf(route),
    role: typeof access === "object" ? access.role : null,
    contentTypes,
    maxBodyBytes,
    strict: rateLimits.strict.routes.includes(name),
  }
  return method === "GET"
    ? [operation, { ...operation, id: `${operation.id}-head`, method: "HEAD" }]
    : [operation]
}

/** The operations of API Management and what it answers itself, as data for Terraform. */
export const apiManagement = (routes: readonly PublishedRoute[], gateway: Gateway): object => ({
  $comment: "Generated from the apps by npm run generate",
  operations: routes.flatMap((route) => operationsOf(route, gateway)),
  problems,
})
