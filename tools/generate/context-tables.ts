import type { Access, App, Route } from "@eshop/building-blocks/app/app"
import { routesOf } from "@eshop/building-blocks/app/functions"
import { statusOfKind } from "@eshop/building-blocks/http/problem"
import { parametersOf, readsQuery } from "@eshop/building-blocks/http/route"
import { byTopic } from "@eshop/building-blocks/messaging/subscription"
import type { z } from "zod"
import type { Contracts } from "./contracts.ts"

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [
    `| ${head.join(" | ")} |`,
    `|${"---|".repeat(head.length)}`,
    ...rows.map((cells) => `| ${cells.join(" | ")} |`),
  ].join("\n")

const who = (access: Access): string =>
  typeof access === "object"
    ? `role \`${access.role}\``
    : {
        anyone: "anybody",
        "signed-in": "signed-in",
        "signed-in-or-guest": "signed-in, guests",
        customer: "customers and guests",
        shopper: "customers, guests, and who becomes one",
        order: "signed-in, guests, holders of the order's token",
      }[access]

/** `GET /products?category&limit`. */
function request(route: Route): string {
  const shape = readsQuery(route) ? ((route.useCase.input as z.ZodObject).shape ?? {}) : {}
  const query = Object.keys(shape).filter((name) => !parametersOf(route.path).includes(name))
  return `\`${route.method} /${route.path}${query.length > 0 ? `?${query.join("&")}` : ""}\``
}

function answer({ status, etag, location, idempotent }: Route): string {
  const parts = [
    String(status),
    ...(etag ? ["ETag"] : []),
    ...(location ? ["Location"] : []),
    ...(idempotent ? ["once per Idempotency-Key"] : []),
  ]
  return parts.join(", ")
}

/** By status: 404 `order.unknown`; 412 `order.changed`. */
const refusals = ({ useCase }: Route): string =>
  [...Map.groupBy(useCase.refusals, ({ kind }) => statusOfKind[kind])]
    .sort(([a], [b]) => a - b)
    .map(([status, types]) => `${status} ${types.map(({ code }) => `\`${code}\``).join(", ")}`)
    .join("; ")

function routesTable(app: App): string {
  const rows = routesOf(app).map((route) => [
    request(route),
    who(route.access),
    answer(route),
    refusals(route) || "–",
  ])
  return table(["Route", "Who", "Answer", "Refusals"], rows)
}

function eventsTable(app: App, apps: readonly App[], contracts: Contracts): string {
  const names = new Map([...contracts].map(([name, { type }]) => [type, name]))
  const consumed = [...byTopic(app.entries)].flatMap(([topic, subscriptions]) =>
    subscriptions.map(({ event, useCase }) => [
      `\`${names.get(event.type)}\``,
      `\`${topic}\``,
      `\`${useCase.name}\``,
    ]),
  )
  const consumers = (type: string) =>
    apps
      .filter(({ entries }) => entries.some((entry) => entry.kind === "event" && entry.event.type === type))
      .map(({ name }) => name)
      .join(", ") || "–"
  const own = [...contracts]
    .filter(([, { source }]) => source === `/eshop/${app.name}`)
    .map(([name, { topic, type }]) => [`\`${name}\``, `\`${topic}\``, consumers(type)])
  return [
    ...(consumed.length > 0 ? [table(["Consumes", "Topic", "By"], consumed)] : []),
    ...(own.length > 0 ? [table(["Event of its contract", "Topic", "Consumed by"], own)] : []),
  ].join("\n\n")
}

function replaceBetween(page: string, text: string, name: string, content: string): string {
  const begin = `<!-- generated: ${name} -->`
  const from = text.indexOf(begin)
  const to = text.indexOf("<!-- /generated -->", from)
  if (from < 0 && content === "") return text
  if (from < 0 || to < 0) throw new Error(`${page}: there is no ${begin} … <!-- /generated -->`)
  return `${text.slice(0, from + begin.length)}\n${content}${content && "\n"}${text.slice(to)}`
}

/**
 * An app's page in docs/contexts with the tables of its routes and events between their markers.
 * @throws Error when there is a table and no place for it
 */
export function contextPage(
  { path, text }: { readonly path: string; readonly text: string },
  app: App,
  { apps, contracts }: { readonly apps: readonly App[]; readonly contracts: Contracts },
): string {
  const withRoutes = replaceBetween(path, text, "routes", routesTable(app))
  return replaceBetween(path, withRoutes, "events", eventsTable(app, apps, contracts))
}
