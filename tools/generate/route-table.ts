import type { Access, App, Method, Route } from "@eshop/building-blocks/app/app"
import { routesOf } from "@eshop/building-blocks/app/functions"
import { MERGE_PATCH } from "@eshop/building-blocks/http/body"
import { readsQuery } from "@eshop/building-blocks/http/route"

/** What a gateway must know of a route. */
export type PublishedRoute = {
  readonly name: string
  readonly service: string
  readonly method: Method
  /** Behind the service's prefix; `{name}` stands for one segment. */
  readonly path: string
  readonly access: Access
  readonly idempotent: boolean
  readonly maxBodyBytes: number
  /** The media types that a body may have; none where the route reads no body. */
  readonly contentTypes: readonly string[]
  readonly deprecated?: Route["deprecated"]
}

/**
 * The apps take every type that is built on JSON; a firewall wants a list. CloudEvents is how other systems' events come
 * over HTTP.
 */
const JSON_TYPES = ["application/json", "application/cloudevents+json"]

function contentTypesOf(route: Route): readonly string[] {
  if (route.raw) return [route.contentType ?? "application/octet-stream"]
  if (readsQuery(route)) return []
  return route.method === "PATCH" ? [MERGE_PATCH, ...JSON_TYPES] : JSON_TYPES
}

/** The routes of all apps. Health, metrics and documents of an app are not published. */
export const publishedRoutes = (apps: readonly App[]): PublishedRoute[] =>
  apps.flatMap((app) =>
    routesOf(app).map((route) => ({
      name: route.useCase.name,
      service: app.name,
      method: route.method,
      path: `/${route.path}`,
      access: route.access,
      idempotent: route.idempotent,
      maxBodyBytes: route.maxBodyBytes,
      contentTypes: contentTypesOf(route),
      ...(route.deprecated && { deprecated: route.deprecated }),
    })),
  )

/** The file that every gateway's configuration is made of. */
export const routeTable = (routes: readonly PublishedRoute[]): object => ({
  $comment: "Generated from the apps by npm run generate",
  routes,
})
