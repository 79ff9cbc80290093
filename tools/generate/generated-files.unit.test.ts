import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { type App, app, type Entry, every, get, on } from "@eshop/building-blocks/app/app"
import { command, useCase } from "@eshop/building-blocks/app/use-case"
import type { EventDefinition } from "@eshop/domain/contracts/event"
import { OrderCancelled, OrderCreated, OrderPaid } from "@eshop/domain/contracts/ordering-events"
import { afterAll, beforeAll, describe, expect, it, test } from "vitest"
import { z } from "zod"
import { sample } from "./fixtures/sample-app.ts"
import {
  type GeneratedFiles,
  generateFiles,
  type Sources,
  staleFiles,
  writeFiles,
} from "./generated-files.ts"

const marked =
  "# A page\n\n<!-- generated: routes -->\n<!-- /generated -->\n\n<!-- generated: events -->\n<!-- /generated -->\n"
const limit = { quota: 10, windowSeconds: 60 }
const sources: Sources = {
  apps: [sample, app("ordering", [])],
  contracts: new Map<string, EventDefinition<z.ZodType>>([
    ["OrderCreated", OrderCreated],
    ["OrderPaid", OrderPaid],
    ["OrderCancelled", OrderCancelled],
  ]),
  gateway: {
    cors: { allowedOrigins: [], allowedHeaders: [], exposedHeaders: [], maxAgeSeconds: 600 },
    securityHeaders: {},
    edgeHeaders: [],
    rateLimits: { default: limit, signedIn: limit, strict: { ...limit, routes: [] } },
    services: [
      { name: "sample", prefix: "/sample" },
      { name: "ordering", prefix: "/ordering" },
    ],
  },
  pages: new Map([
    ["sample", marked],
    ["ordering", marked],
  ]),
}

const repository = mkdtempSync(join(tmpdir(), "generate-"))
afterAll(() => rmSync(repository, { recursive: true }))

const textOf = (files: GeneratedFiles, path: string): string => files.get(path) as string

beforeAll(() => {
  const files = generateFiles(sources)
  for (const path of files.keys()) mkdirSync(dirname(join(repository, path)), { recursive: true })
  writeFiles(repository, files, staleFiles(repository, files))
})

const nothing = { result: z.void(), handle: () => async () => neverMind() }
const neverMind = (): never => {
  throw new Error("a sample is not run")
}
const query = useCase("sample.count-books", { ...nothing, input: z.strictObject({}) })
const consumer = command("sample.note-payment", { ...nothing, input: OrderPaid.data })
/** The sources with another sample app, as if its code had changed. */
const changed = (entries: readonly Entry[]): Sources => ({
  ...sources,
  apps: sources.apps.map(
    (candidate): App => (candidate.name === "sample" ? { ...sample, entries } : candidate),
  ),
})

describe("the check", () => {
  it("finds nothing after `npm run generate`", () => {
    expect(staleFiles(repository, generateFiles(sources))).toEqual([])
  })

  const openApi = ["functions/sample/openapi.json", "infra/gateway/openapi.json"]
  const functions = "infra/gitops/apps/base/sample/functions.yaml"
  const page = "docs/contexts/sample.md"
  test.each<[string, Entry[], string[]]>([
    [
      "a route more",
      [...sample.entries, get("books/count", query, { access: "anyone" })],
      [
        openApi[0] as string,
        functions,
        page,
        openApi[1] as string,
        "infra/gateway/routes.json",
        "infra/gateway/api-management.json",
        "infra/gateway/nginx/routes.conf",
      ],
    ],
    [
      "an event more",
      [...sample.entries, on(OrderPaid, consumer)],
      [page, "docs/contexts/ordering.md", "infra/service-bus/entities.json"],
    ],
    [
      "an event less",
      sample.entries.filter((entry) => !(entry.kind === "event" && entry.event === OrderCancelled)),
      [page, "docs/contexts/ordering.md", "infra/service-bus/entities.json"],
    ],
    ["a timer more", [...sample.entries, every("0 0 4 * * *", query)], [functions]],
  ])("names the files that %s makes stale", (_, entries, stale) => {
    expect(staleFiles(repository, generateFiles(changed(entries)))).toEqual(stale)
  })

  it("names a file that was edited by hand, or is gone", () => {
    const files = generateFiles(sources)
    const entities = join(repository, "infra/service-bus/entities.json")
    const text = readFileSync(entities, "utf8")
    expect(text).toContain("'eshop.ordering.order-cancelled.v1', ")
    writeFileSync(entities, text.replace("'eshop.ordering.order-cancelled.v1', ", ""))
    rmSync(join(repository, functions))
    expect(staleFiles(repository, files)).toEqual([functions, "infra/service-bus/entities.json"])
    writeFiles(repository, files, staleFiles(repository, files))
    expect(readFileSync(entities, "utf8")).toBe(text)
    expect(staleFiles(repository, files)).toEqual([])
  })
})

describe("the files", () => {
  const files = generateFiles(sources)

  it("list the routes with what a gateway must know of them", () => {
    const { routes } = JSON.parse(textOf(files, "infra/gateway/routes.json"))
    expect(routes.length).toBe(7)
    expect(routes[2]).toEqual({
      name: "sample.lend",
      service: "sample",
      method: "POST",
      path: "/books/{id}/loans",
      access: "customer",
      idempotent: true,
      maxBodyBytes: 2_048,
      contentTypes: ["application/json", "application/cloudevents+json"],
    })
    expect(routes.filter(({ deprecated }: { deprecated?: object }) => deprecated)).toEqual([
      {
        name: "sample.remove",
        service: "sample",
        method: "DELETE",
        path: "/books/{id}",
        access: { role: "sample.write" },
        idempotent: false,
        maxBodyBytes: 1_048_576,
        contentTypes: [],
        deprecated: { since: "2026-11-01", sunset: "2027-05-01" },
      },
    ])
  })

  it("list the functions as the chart wants them", () => {
    expect(
      textOf(files, "infra/gitops/apps/base/sample/functions.yaml"),
    ).toBe(`# Generated from the app by \`npm run generate\`.
functions:
  http:
    - sample-get-book
    - sample-list-books
    - sample-lend
    - sample-rename
    - sample-add-book
    - sample-remove
    - sample-take-hook
    - health-live
    - health-ready
    - openapi
    - metrics
  worker:
    - sample-tidy
    - catch-up
    - forget-old-keys
    - on-ordering-events
  timers:
    - sample-tidy
    - catch-up
    - forget-old-keys
keda:
  serviceBus:
    subscriptions:
      - topic: ordering-events
        subscription: sample
`)
  })

  it("fill the page of a context between its markers", () => {
    expect(textOf(files, "docs/contexts/sample.md")).toBe(`# A page

<!-- generated: routes -->
| Route | Who | Answer | Refusals |
|---|---|---|---|
| \`GET /books/{id}\` | anybody | 200, ETag | 404 \`book.unknown\` |
| \`GET /books?author&limit\` | anybody | 200 | – |
| \`POST /books/{id}/loans\` | customers and guests | 201, Location, once per Idempotency-Key | 404 \`book.unknown\`; 409 \`book.lent\`; 422 \`loan.too-many\` |
| \`PATCH /books/{id}\` | role \`sample.write\` | 200, ETag | 404 \`book.unknown\`; 412 \`book.changed\` |
| \`PUT /books\` | signed-in | 200 | – |
| \`DELETE /books/{id}\` | role \`sample.write\` | 204 | – |
| \`POST /hooks\` | anybody | 202 | – |
<!-- /generated -->

<!-- generated: events -->
| Consumes | Topic | By |
|---|---|---|
| \`OrderCreated\` | \`ordering-events\` | \`sample.take-event\` |
| \`OrderCancelled\` | \`ordering-events\` | \`sample.give-back\` |
<!-- /generated -->
`)
    expect(textOf(files, "docs/contexts/ordering.md")).toContain(
      "| Event of its contract | Topic | Consumed by |\n|---|---|---|\n| `OrderCreated` | `ordering-events` | sample |\n| `OrderPaid` | `ordering-events` | – |",
    )
  })

  it("need no place for a table that would be empty", () => {
    const pages = new Map([
      ...sources.pages,
      ["shelf", "# A page\n<!-- generated: routes -->\n<!-- /generated -->\n"],
    ])
    const shelf = app("shelf", [])
    const services = [...sources.gateway.services, { name: "shelf", prefix: "/shelf" }]
    const files = generateFiles({
      ...sources,
      apps: [...sources.apps, shelf],
      pages,
      gateway: { ...sources.gateway, services },
    })
    expect(textOf(files, "docs/contexts/shelf.md")).not.toContain("generated: events")
  })

  it("are not made without a marker, a page or a service of the gateway", () => {
    const pages = new Map([...sources.pages, ["sample", "# A page without markers\n"]])
    expect(() => generateFiles({ ...sources, pages })).toThrow(
      "docs/contexts/sample.md: there is no <!-- generated: routes --> … <!-- /generated -->",
    )
    expect(() => generateFiles({ ...sources, pages: new Map() })).toThrow(
      "docs/contexts/sample.md is missing",
    )
    expect(() => generateFiles({ ...sources, gateway: { ...sources.gateway, services: [] } })).toThrow(
      "gateway.json has no service sample",
    )
  })
})
