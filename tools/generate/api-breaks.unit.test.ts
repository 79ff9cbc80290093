import { readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, test } from "vitest"
import { root } from "../apps.ts"
import { apiBreaks, type Document } from "./api-breaks.ts"

const text = { type: "string" }
const product = {
  type: "object",
  properties: {
    id: text,
    name: text,
    size: { type: "string", enum: ["S", "M"] },
    tags: { type: "array", items: text },
  },
  required: ["id", "name"],
}
const json = (schema: object) => ({ content: { "application/json": { schema } } })
const published = {
  paths: {
    "/things": {
      post: {
        parameters: [
          { name: "limit", in: "query", schema: { type: "integer", minimum: 1, maximum: 100 } },
          { $ref: "#/components/parameters/Key" },
        ],
        requestBody: json({
          type: "object",
          properties: { name: { type: "string", maxLength: 10 }, size: product.properties.size },
          required: ["name"],
        }),
        responses: { "201": json({ $ref: "#/components/schemas/Product" }), "404": json(text) },
        security: [],
      },
    },
  },
  components: {
    schemas: { Product: product },
    parameters: { Key: { name: "key", in: "header", required: true, schema: text } },
  },
}
type Mutable = { [name: string]: Mutable } & { [index: number]: Mutable }
/** The published API with one change. */
const changed = (change: (operation: Mutable, product: Mutable, paths: Mutable) => void): Document => {
  // Not structuredClone: what is shared in the text above must be apart.
  const copy = JSON.parse(JSON.stringify(published))
  const mutable = copy as unknown as Mutable
  change(
    mutable.paths?.["/things"]?.post as Mutable,
    mutable.components?.schemas?.Product as Mutable,
    mutable.paths as Mutable,
  )
  return copy as unknown as Document
}
const breaksOf = (...change: Parameters<typeof changed>) =>
  apiBreaks(published as unknown as Document, changed(...change))
/** A member of a mutable copy, however deep. */
const at = (from: Mutable, ...names: (string | number)[]): Mutable =>
  names.reduce((part, name) => part[name as string] as Mutable, from)
const bodyOf = (operation: Mutable) => at(operation, "requestBody", "content", "application/json", "schema")

describe("what breaks a client is named", () => {
  test.each<[string, Parameters<typeof changed>[0], string[]]>([
    ["an operation is gone", (_, __, paths) => delete paths["/things"], ["POST /things is gone"]],
    [
      "a parameter is gone",
      (operation) => (operation.parameters as unknown as unknown[]).shift(),
      ["POST /things: query parameter limit is gone"],
    ],
    [
      "a bound is narrower",
      (operation) => Object.assign(at(operation, "parameters", 0, "schema"), { maximum: 50 }),
      ["POST /things: query parameter limit changed"],
    ],
    [
      "a header must be sent",
      (operation) =>
        Object.assign(operation.parameters as object, {
          2: { name: "if-match", in: "header", required: true },
        }),
      ["POST /things: header parameter if-match must be sent now"],
    ],
    [
      "a member of the body must be sent",
      (operation) => Object.assign(bodyOf(operation), { required: ["name", "size"] }),
      ["POST /things: body.size must be sent now"],
    ],
    [
      "a value is not taken any more",
      (operation) => Object.assign(at(bodyOf(operation), "properties", "size"), { enum: ["M", "L"] }),
      ["POST /things: body.size changed"],
    ],
    [
      "the body is of another type",
      (operation) =>
        Object.assign(operation, { requestBody: { content: { "application/x": { schema: text } } } }),
      ["POST /things: body has no application/json any more"],
    ],
    [
      "a member of the answer is gone",
      (_, product) => delete at(product, "properties").tags,
      ["POST /things: 201.tags is gone"],
    ],
    [
      "a member of the answer may be missing",
      (_, product) => Object.assign(product, { required: ["id"] }),
      ["POST /things: 201.name may be missing now"],
    ],
    [
      "what a list holds is of another type",
      (_, product) => Object.assign(at(product, "properties", "tags", "items"), { type: "integer" }),
      ["POST /things: 201.tags[] changed"],
    ],
    [
      "a success is of another status",
      (operation) => {
        Object.assign(operation.responses as object, { "200": at(operation, "responses", "201") })
        delete at(operation, "responses")["201"]
      },
      ["POST /things: answers 201 no more"],
    ],
    [
      "it needs a role",
      (operation) => Object.assign(operation, { security: [{ bearer: ["catalog.write"] }] }),
      ["POST /things: who may call it changed"],
    ],
  ])("%s", (_, change, expected) => {
    expect(breaksOf(change)).toEqual(expected)
  })

  test.each([
    ["for guests as well", [{ guest: [] }, { bearer: [] }], []],
    ["for anybody", [], []],
    ["for guests instead", [{ guest: [] }], ["POST /things: who may call it changed"]],
  ])("it was for who is signed in, and is %s", (_, after, expected) => {
    const secured = (security: object) => changed((operation) => Object.assign(operation, { security }))
    expect(apiBreaks(secured([{ bearer: [] }]), secured(after))).toEqual(expected)
  })
})

test("what a client need not know of breaks nothing", () => {
  const broken = breaksOf((operation, product, paths) => {
    paths["/others"] = structuredClone(at(paths, "/things"))
    Object.assign(operation.parameters as object, { 2: { name: "sort", in: "query", schema: text } })
    Object.assign(at(operation, "parameters", 0, "schema"), { maximum: 200 })
    Object.assign(at(bodyOf(operation), "properties"), { more: text })
    Object.assign(at(product, "properties"), { more: text })
    Object.assign(operation.responses as object, { "200": at(operation, "responses", "201") })
    delete at(operation, "responses")["404"]
  })
  expect(broken).toEqual([])
})

test("the shop's own document breaks nothing of itself", () => {
  const document = JSON.parse(readFileSync(join(root, "infra/gateway/openapi.json"), "utf8"))
  expect(Object.keys(document.paths).length).toBeGreaterThan(0)
  expect(apiBreaks(document, document)).toEqual([])
})
