import { newId } from "@eshop/building-blocks/ids"
import type { Product, Variant } from "@eshop/domain/catalog/product"
import { ProductChanged, ProductCreated, ProductDiscontinued } from "@eshop/domain/contracts/catalog-events"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { atOnce } from "../../../../tests/fixtures/calls.ts"
import { codeOf } from "../../../../tests/fixtures/http.ts"
import { newDatabase } from "../../../../tests/fixtures/new-database.ts"
import { type CatalogOn, catalogOn, PRICE } from "../testing/catalog.ts"
import { productOf, variantOf } from "../testing/products.ts"

let shop: CatalogOn

beforeAll(async () => {
  shop = await catalogOn(await newDatabase("catalog"))
})
afterAll(() => shop?.store.close())

const contentOf = ({ id: _, version: __, updatedAt: ___, ...content }: Product) => content
const draftOf = (more: Partial<Product> = {}) => {
  const { status: _, ...draft } = contentOf(productOf(more))
  return draft
}
const key = () => ({ "idempotency-key": newId() })
const typesOf = async (id: string) => (await shop.told(id)).map(({ type }) => type)
const versionsOf = async (id: string) =>
  (await shop.told(id)).flatMap(({ data }) => (data.version === undefined ? [] : [data.version]))
const trailOf = async (id: string) => {
  const { body } = await shop.staff("GET", `audit?subject=product%20${id}`)
  return body.items.map(({ action, by }: { action: string; by: object }) => [action, by])
}
const merchant = { kind: "customer", id: "merchant" }
/** All that is kept of a product, to see that a refused request changed nothing. */
const stateOf = async (id: string) => [
  (await shop.staff("GET", `products/${id}`)).body,
  await typesOf(id),
  await trailOf(id),
]

describe("a new product", () => {
  test("is a draft with an address, told and written down, and made once however often it is sent", async () => {
    const draft = draftOf()
    const headers = key()
    const replies = await atOnce(5, () => shop.staff("POST", "products", draft, headers))
    const created = replies.filter(({ status }) => status === 201)
    expect(replies.filter(({ status }) => status !== 201 && status !== 409)).toEqual([])
    const { body, headers: answered } = created[0] as (typeof replies)[number]
    for (const reply of created) expect(reply.body).toEqual(body)
    expect(answered.get("location")).toBe(`/catalog/products/${body.id}`)
    expect(answered.get("etag")).toBe('"1"')
    const variants = draft.variants.map((variant) => ({ ...variant, prices: [] }))
    expect(body).toEqual({
      ...{ ...draft, variants, status: "draft", version: 1 },
      ...{ id: body.id, updatedAt: body.updatedAt },
    })
    expect((await shop.staff("GET", `products/${body.id}`)).body).toEqual(body)
    expect(codeOf(await shop.shopper("GET", `products/${body.id}`))).toBe("product.unknown")
    const [creation, change, ...more] = await shop.told(body.id)
    expect(more).toEqual([])
    expect([creation?.type, creation?.data]).toEqual([
      ProductCreated.type,
      {
        ...{ productId: body.id, name: draft.name.en, slug: draft.slug },
        skus: draft.variants.map(({ sku }) => sku),
      },
    ])
    expect([change?.type, ProductChanged.data.parse(change?.data)]).toEqual([
      ProductChanged.type,
      { productId: body.id, version: 1, name: draft.name.en, variants: [], slug: draft.slug, categories: [] },
    ])
    expect(await trailOf(body.id)).toEqual([["product.created", merchant]])
  })

  test.each<[what: string, more: Partial<Product>, code: string]>([
    ["a category that there is not", { categories: [newId()] }, "product.category-unknown"],
    [
      "a variant's picture that it has not",
      { variants: [{ ...variantOf("PIC-1"), image: "/catalog/images/a.svg" }] },
      "variant.image-unknown",
    ],
  ])("with %s is refused, and nothing is left of it", async (_, more, code) => {
    const draft = draftOf(more)
    const reply = await shop.staff("POST", "products", draft, key())
    expect([reply.status, codeOf(reply)]).toEqual([422, code])
    expect((await shop.shopper("GET", `products/by-slug/${draft.slug}`)).status).toBe(404)
    expect((await shop.staff("POST", "products", draftOf({ slug: draft.slug }), key())).status).toBe(201)
  })

  test("takes no slug and no SKU of another product, also not at the same instant", async () => {
    const [slug, sku] = [`slug-${newId()}`, `SKU-${newId().toUpperCase()}`]
    for (const draft of [
      () => draftOf({ slug }),
      () => draftOf({ variants: [variantOf(sku), variantOf(`X-${newId().toUpperCase()}`)] }),
    ]) {
      const replies = await atOnce(8, () => shop.staff("POST", "products", draft(), key()))
      expect(replies.map(({ status }) => status).sort()).toEqual([201, ...Array(7).fill(409)])
    }
    const taken = await shop.staff("POST", "products", draftOf({ slug }), key())
    expect([codeOf(taken), taken.body.slug]).toEqual(["slug.taken", slug])
    const sold = await shop.staff("POST", "products", draftOf({ variants: [variantOf(sku)] }), key())
    expect([codeOf(sold), sold.body.skus]).toEqual(["sku.taken", [sku]])
  })
})

describe("an update", () => {
  test("replaces the content, is told once and shows at once", async () => {
    const product = await shop.add(productOf())
    const content = { ...contentOf(product), name: { en: "Another", de: "Anderes" }, brand: "Acme" }
    const reply = await shop.staff("PUT", `products/${product.id}`, content, { "if-match": '"1"' })
    expect([reply.status, reply.headers.get("etag"), reply.body.brand]).toEqual([200, '"2"', "Acme"])
    expect((await shop.shopper("GET", `products/${product.id}`)).body).toEqual(reply.body)
    const [change, ...more] = await shop.told(product.id)
    expect(more).toEqual([])
    expect(change?.data).toEqual({
      ...{ productId: product.id, version: 2, name: "Another", translations: { de: "Anderes" } },
      ...{ slug: product.slug, categories: [] },
      variants: [
        {
          ...{ sku: product.variants[0]?.sku, options: product.variants[0]?.options, price: PRICE.unitPrice },
          ...{ prices: [PRICE], quantity: { min: 1, step: 1 }, backorder: false },
        },
      ],
    })
    const { body } = await shop.staff("GET", `audit?subject=product%20${product.id}`)
    expect(body.items[0].change).toEqual({
      from: { name: product.name },
      to: { name: { en: "Another", de: "Anderes" }, brand: "Acme" },
    })
  })

  test("that changes nothing is no change", async () => {
    const product = await shop.add(productOf())
    for (const [method, body] of [
      ["PUT", contentOf(product)],
      ["PATCH", {}],
      ["PATCH", { brand: null }],
    ] as const) {
      const reply = await shop.staff(method, `products/${product.id}`, body)
      expect([reply.status, reply.headers.get("etag")]).toEqual([200, '"1"'])
    }
    expect(await typesOf(product.id)).toEqual([])
    expect(await trailOf(product.id)).toEqual([])
  })

  test("defect 10: of 8 updates of one version exactly one is done, and no other is lost on the way", async () => {
    const product = await shop.add(productOf())
    const replies = await atOnce(8, (index) =>
      shop.staff("PATCH", `products/${product.id}`, { brand: `Brand ${index}` }, { "if-match": '"1"' }),
    )
    expect(replies.map(({ status }) => status).sort()).toEqual([200, ...Array(7).fill(412)])
    for (const reply of replies) if (reply.status === 412) expect(codeOf(reply)).toBe("product.stale")
    expect(await versionsOf(product.id)).toEqual([2])
  })

  test("of other members at the same instant loses none of them", async () => {
    const product = await shop.add(productOf())
    const names = Array.from({ length: 10 }, (_, index) => `attribute-${index}`)
    await Promise.all(
      names.map((name, index) =>
        shop.staff("PATCH", `products/${product.id}`, { attributes: { [name]: index } }),
      ),
    )
    const { body } = await shop.shopper("GET", `products/${product.id}`)
    expect(Object.keys(body.attributes).sort()).toEqual(names)
    expect(body.version).toBe(11)
    expect(await versionsOf(product.id)).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10, 11])
  })

  test.each<[patch: object, status: number, code: string]>([
    [{ name: { en: null } }, 422, "product.invalid"],
    [{ name: null }, 400, "request.invalid"],
    [{ variants: [] }, 400, "request.invalid"],
    [{ status: "discontinued" }, 400, "request.invalid"],
    [{ version: 7 }, 400, "request.invalid"],
    [{ price: 1 }, 400, "request.invalid"],
    [{ categories: ["018f0000-0000-7000-8000-00000000dead"] }, 422, "product.category-unknown"],
  ])("defect 1, 11: the patch %j is answered with %d %s and changes nothing", async (patch, status, code) => {
    const product = await shop.add(productOf())
    const before = await stateOf(product.id)
    const reply = await shop.staff("PATCH", `products/${product.id}`, patch)
    expect([reply.status, codeOf(reply)]).toEqual([status, code])
    expect(await stateOf(product.id)).toEqual(before)
  })

  test("a patch is a JSON Merge Patch: what is null goes, objects are merged, lists are replaced", async () => {
    const product = await shop.add(
      productOf({
        brand: "Acme",
        name: { en: "One", de: "Eins" },
        attributes: { weight: 1, colours: ["a", "b"] },
      }),
    )
    const patch = { brand: null, name: { de: null, tr: "Bir" }, attributes: { weight: 2, colours: ["c"] } }
    const { status, body } = await shop.staff("PATCH", `products/${product.id}`, patch, {
      "content-type": "application/merge-patch+json",
    })
    expect(status).toBe(200)
    expect([body.brand, body.name, body.attributes]).toEqual([
      undefined,
      { en: "One", tr: "Bir" },
      { weight: 2, colours: ["c"] },
    ])
  })

  test("a variant that is left out is sold no more, keeps its SKU, and can come back", async () => {
    const [first, second] = [variantOf(`A-${newId().toUpperCase()}`), variantOf(`B-${newId().toUpperCase()}`)]
    const product = await shop.add(productOf({ variants: [first, second] }))
    const patch = (variants: Variant[]) => shop.staff("PATCH", `products/${product.id}`, { variants })
    expect((await patch([second])).body.variants).toHaveLength(1)
    expect(codeOf(await shop.shopper("GET", `variants/${first.sku}`))).toBe("variant.unknown")
    expect((await shop.told(product.id)).at(-1)?.data.variants).toMatchObject([{ sku: second.sku }])
    const thief = await shop.staff("POST", "products", draftOf({ variants: [first] }), key())
    expect(codeOf(thief)).toBe("sku.taken")
    const { body } = await patch([second, first])
    expect(body.variants.map(({ sku, price }: { sku: string; price: object }) => [sku, price])).toEqual([
      [second.sku, PRICE.unitPrice],
      [first.sku, PRICE.unitPrice],
    ])
  })
})

describe("publishing", () => {
  test("needs a price for every variant", async () => {
    const { body: draft } = await shop.staff("POST", "products", draftOf(), key())
    const before = await stateOf(draft.id)
    const reply = await shop.staff("PATCH", `products/${draft.id}`, { status: "published" })
    expect([reply.status, codeOf(reply), reply.body.skus]).toEqual([
      422,
      "product.unpriced",
      [draft.variants[0].sku],
    ])
    expect(await stateOf(draft.id)).toEqual(before)
  })

  test("and withdrawing shows and hides the product, and tells what is sold", async () => {
    const product = await shop.add(productOf({ status: "draft" }))
    const sold = async () => (await shop.told(product.id)).at(-1)?.data.variants
    const seen = async () => [
      (await shop.shopper("GET", `products/${product.id}`)).status,
      (await shop.shopper("GET", `products/by-slug/${product.slug}`)).status,
      (await shop.shopper("GET", `variants/${product.variants[0]?.sku}`)).status,
    ]
    expect(await seen()).toEqual([404, 404, 404])
    await shop.staff("PATCH", `products/${product.id}`, { status: "published" })
    expect(await seen()).toEqual([200, 200, 200])
    expect(await sold()).toHaveLength(1)
    await shop.staff("PATCH", `products/${product.id}`, { status: "draft" })
    expect(await seen()).toEqual([404, 404, 404])
    expect(await sold()).toEqual([])
  })
})

describe("a discontinued product", () => {
  test("is told once, gone for the shop with a code of its own, there for staff, and can be brought back", async () => {
    const product = await shop.add(productOf())
    const path = `products/${product.id}`
    const replies = await atOnce(5, () => shop.staff("DELETE", path))
    expect(replies.map(({ status, body }) => [status, body])).toEqual(Array(5).fill([204, undefined]))
    const events = await shop.told(product.id)
    expect(events.map(({ type }) => type)).toEqual([ProductDiscontinued.type, ProductChanged.type])
    expect(events[0]?.data).toEqual({ productId: product.id, skus: [product.variants[0]?.sku] })
    expect(events[1]?.data).toMatchObject({ version: 2, variants: [] })
    const gone = await shop.shopper("GET", path)
    expect([gone.status, codeOf(gone)]).toEqual([404, "product.discontinued"])
    expect((await shop.staff("GET", path)).body.status).toBe("discontinued")
    expect((await shop.staff("PATCH", path, { brand: "Acme" })).body.status).toBe("discontinued")
    expect((await shop.staff("PATCH", path, { status: "published" })).body.status).toBe("published")
    expect((await shop.shopper("GET", path)).status).toBe(200)
    expect(await trailOf(product.id)).toEqual([
      ["product.updated", merchant],
      ["product.updated", merchant],
      ["product.discontinued", merchant],
    ])
  })

  test("that never was is 404", async () => {
    const reply = await shop.staff("DELETE", `products/${newId()}`)
    expect([reply.status, codeOf(reply)]).toEqual([404, "product.unknown"])
  })
})

describe("a slug", () => {
  test("that was renamed still leads to its product and never to another", async () => {
    const product = await shop.add(productOf())
    const renamed = `${product.slug}-new`
    await shop.staff("PATCH", `products/${product.id}`, { slug: renamed })
    for (const slug of [product.slug, renamed]) {
      const { body } = await shop.shopper("GET", `products/by-slug/${slug}`)
      expect([body.id, body.slug]).toEqual([product.id, renamed])
    }
    const other = await shop.add(productOf())
    const before = await stateOf(other.id)
    const reply = await shop.staff("PATCH", `products/${other.id}`, { slug: product.slug })
    expect([reply.status, codeOf(reply)]).toEqual([409, "slug.taken"])
    expect(await stateOf(other.id)).toEqual(before)
    expect((await shop.staff("PATCH", `products/${product.id}`, { slug: product.slug })).status).toBe(200)
    expect((await shop.shopper("GET", `products/by-slug/${renamed}`)).body.slug).toBe(product.slug)
  })

  test("that many want at once is one product's", async () => {
    const slug = `wanted-${newId()}`
    const products = await Promise.all(Array.from({ length: 6 }, () => shop.add(productOf())))
    const replies = await Promise.all(
      products.map(({ id }) => shop.staff("PATCH", `products/${id}`, { slug })),
    )
    expect(replies.map(({ status }) => status).sort()).toEqual([200, ...Array(5).fill(409)])
    const [winner] = products.filter((_, index) => replies[index]?.status === 200)
    expect((await shop.shopper("GET", `products/by-slug/${slug}`)).body.id).toBe(winner?.id)
  })
})

test("defect 4: a write needs the role and changes nothing without it", async () => {
  const product = await shop.add(productOf())
  const before = await stateOf(product.id)
  const path = `products/${product.id}`
  const writes: [string, string, object?][] = [
    ["POST", "products", draftOf()],
    ["PUT", path, contentOf(productOf())],
    ["PATCH", path, { brand: "Acme" }],
    ["DELETE", path],
  ]
  for (const [caller, status] of [
    [{ kind: "anonymous" }, 401],
    [{ kind: "guest", id: "guest" }, 401],
    [{ kind: "customer", id: "mehmet", roles: [] }, 403],
    [{ kind: "service", id: "basket", roles: ["catalog.read"] }, 403],
  ] as const)
    for (const [method, to, body] of writes)
      expect([method, (await shop.app.as(caller)(method, to, body, key())).status]).toEqual([method, status])
  expect(await stateOf(product.id)).toEqual(before)
})
