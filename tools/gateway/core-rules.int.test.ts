import { request } from "node:http"
import { afterAll, beforeAll, beforeEach, describe, expect, it, test } from "vitest"
import { misfits } from "../generate/gateways/firewall.ts"
import { available, committed, startNginx } from "./nginx.ts"

type Sent = { method: string; path: string; headers?: Record<string, string>; body?: string | Buffer }

const json = (method: string, path: string, body: unknown, type = "application/json"): Sent => ({
  method,
  path,
  headers: { "content-type": type },
  body: typeof body === "string" ? body : JSON.stringify(body),
})
const describedAs = (text: string) =>
  json("PATCH", "/catalog/products/1", { description: { en: text } }, "application/merge-patch+json")

let nginx: Awaited<ReturnType<typeof startNginx>>
const to = (port: number) => (sent: Sent) =>
  new Promise<{ status: number; type: string; problem: string | undefined }>((resolve, reject) => {
    const { method, path, body } = sent
    const headers = { host: "shop.example", ...sent.headers }
    const asked = request({ host: "127.0.0.1", port, method, path, headers }, async (answer) => {
      let text = ""
      for await (const chunk of answer) text += chunk
      const type = answer.headers["content-type"] ?? ""
      const problem = type === "application/problem+json" ? JSON.parse(text).type : undefined
      resolve({ status: answer.statusCode ?? 0, type, problem })
    })
    asked.on("error", reject)
    asked.end(body)
  })
const send = (sent: Sent) => to(nginx.port)(sent)

async function refuses(sent: Sent, status: number, code: string) {
  expect(await send(sent)).toEqual({
    status,
    type: "application/problem+json",
    problem: `urn:eshop:problem:${code}`,
  })
  expect(nginx.seen).toHaveLength(0)
}

async function passes(sent: Sent) {
  expect((await send(sent)).status).toBe(200)
  expect(nginx.seen).toHaveLength(1)
}

describe.runIf(available)("the core rules on a live nginx", () => {
  beforeAll(async () => {
    nginx = await startNginx(committed())
  })
  afterAll(() => nginx?.close())
  beforeEach(() => {
    nginx.seen.length = 0
  })

  describe("let our own API pass", () => {
    test.each<[string, Sent]>([
      ["GET", { method: "GET", path: "/catalog/products?limit=20&cursor=eyJpZCI6MX0" }],
      ["HEAD", { method: "HEAD", path: "/catalog/products" }],
      ["POST", json("POST", "/basket/checkout", { expectedTotal: { minor: 100, currency: "EUR" } })],
      ["PUT", json("PUT", "/basket/cart/items/SKU-1", { quantity: 2 })],
      ["PATCH", json("PATCH", "/catalog/products/1", { brand: "Kraft" })],
      ["DELETE", { method: "DELETE", path: "/basket/cart/items/SKU-1" }],
      [
        "a POST without a body",
        { method: "POST", path: "/basket/cart/merge", headers: { "content-length": "0" } },
      ],
      ["JSON with a charset", json("POST", "/catalog/products", {}, "application/json; charset=utf-8")],
      [
        "a merge patch",
        json("PATCH", "/catalog/products/1", { brand: null }, "application/merge-patch+json"),
      ],
      [
        "newline-delimited JSON",
        json("PUT", "/catalog/imports/1/parts/1", '{"sku":"A"}\n{"sku":"B"}\n', "application/x-ndjson"),
      ],
      [
        "a CloudEvent",
        json(
          "POST",
          "/catalog/products",
          { specversion: "1.0", id: "1", source: "/partner", type: "product.made", data: { brand: "Kraft" } },
          "application/cloudevents+json",
        ),
      ],
      [
        "the headers that we know",
        {
          method: "GET",
          path: "/ordering/orders/0197d3a0-6c3f-7c50-8f3e-000000000001",
          headers: {
            "idempotency-key": "client's own key: 2026-11-26/14:00 #1",
            "if-none-match": 'W/"12", "13"',
            "x-guest-token": `v1.${"QUJD-_".repeat(20)}.${"c2ln".repeat(11)}`,
            "x-order-token": `v1.${"QUJD-_".repeat(20)}.${"c2ln".repeat(11)}`,
            cookie: `__Host-guest=v1.${"QUJD-_".repeat(20)}.${"c2ln".repeat(11)}; theme=dark`,
            authorization: `Bearer ${"eyJh".repeat(30)}.${"eyJp".repeat(200)}.${"c2ln".repeat(80)}`,
            traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
          },
        },
      ],
      [
        "a webhook's URL",
        json("POST", "/ordering/operations/webhooks", { url: "https://partner.example/in?a=b" }),
      ],
      [
        "a body as large as the route takes",
        json("PUT", "/catalog/imports/1/parts/1", "x".repeat(2_048_000), "application/x-ndjson"),
      ],
      [
        "a product with a hundred variants",
        json("POST", "/catalog/products", {
          variants: Array.from({ length: 100 }, (_, at) => ({
            sku: `A-${at}`,
            options: { size: `${at} cm`, colour: "black & white; mount it" },
            price: { minor: at, currency: "EUR" },
            weightGrams: 1,
          })),
        }),
      ],
    ])("%s", (_, sent) => passes(sent))
  })

  describe("let what people write pass, in a product's text and in a search", () => {
    test.each([
      "having friends over is nice",
      ...misfits.filter(({ only }) => !only).map(({ example }) => example),
      "Select your size, or drop us a line",
      "Select all the colours from the union of both ranges",
      "It's a kid's toy -- don't eat it!",
      "O'Reilly & Sons' finest; 50% off #1 choice",
      "Rock 'n' Roll like '69 or 1=1 of a kind",
      "Where is it from? From Portugal, order by 3 pm and get it tomorrow",
      "Size: 10 < 12 and 14 > 12 <3",
      "100 % Baumwolle, für Kinder ab 3 Jahren; waschbar bei 40 °C",
      "Schlafen wie auf Wolken; alter Preis 20 €, jetzt 15",
      "L'été, c'est l'heure d'un café: 10 € seulement, s'il vous plaît",
      "¿Dónde está? ¡Aquí! ‘comillas’ y «guillemets»",
      "Ürün çok güzel, teşekkürler! Kırılmaz; 2'li paket",
      "Отличный товар, очень доволен; рекомендую!",
      "とても良い商品です。子供も喜んでいます。",
      "非常好，推荐购买！价格=质量",
      "جيد جدا، أنصح به",
    ])("%s", async (text) => {
      await passes(describedAs(text))
      nginx.seen.length = 0
      await passes({ method: "GET", path: `/catalog/search?q=${encodeURIComponent(text)}` })
    })

    test("in every member that takes prose, also in lists and under any name", async () => {
      const text = misfits.flatMap(({ only, example }) => (only ? [] : [example])).join(" ")
      const named = { en: text, de: text }
      const product = {
        name: named,
        description: named,
        brand: text,
        attributes: { material: text, uses: [text, text] },
        images: [{ alt: named }],
        variants: [{ options: { size: text } }],
      }
      await passes(json("POST", "/catalog/products", product))
    })

    describe("and what reads as a statement, in the members that take sentences", () => {
      test.each([
        ...misfits.filter(({ only }) => only).map(({ example }) => example),
        "Wash it; drop it into the dryer; iron it",
        "Sizes 8 to 10; select yours",
        "It's 'wool' or 'silk', and it's the boys' or girls' size",
        "Open the box (the small one); insert the disc into the slot; enjoy",
        "Order now; alter the size; create joy",
        'Called "Union": select "Blue" or "Red" where it says so',
      ])("%s", async (text) => {
        await passes(describedAs(text))
        nginx.seen.length = 0
        await passes(json("POST", "/ordering/orders/1/cancellation", { reason: text }))
      })
    })

    test.each(misfits.flatMap(({ only, example }) => (only ? [example] : [])))(
      "but not in a name or a search: %s",
      async (text) => {
        const search = { method: "GET", path: `/catalog/search?q=${encodeURIComponent(text)}` }
        await refuses(search, 403, "request.refused")
        await refuses(json("POST", "/catalog/products", { name: { en: text } }), 403, "request.refused")
      },
    )

    test("but not in a member that takes a code", () =>
      refuses(
        json("POST", "/catalog/products", { variants: [{ sku: misfits[0]?.example }] }),
        403,
        "request.refused",
      ))
  })

  describe("refuse", () => {
    const sqlInjections = [
      "' OR '1'='1",
      "1' UNION SELECT password FROM users--",
      "'; DROP TABLE products; --",
      "1; SELECT pg_sleep(10)--",
      "admin'/*",
      "') OR ('x'='x",
    ]
    // Those that the managed rules know by their form alone, which they do not look at where people write sentences.
    const statements = [
      "' OR 1=1--",
      '" OR ""="',
      "' OR 'a' LIKE 'a",
      "' UNION ALL SELECT NULL,NULL,NULL--",
      "'/**/UNION/**/SELECT/**/1",
      "x'; DELETE FROM orders; --",
      "x'; INSERT INTO admins VALUES ('me'); --",
      "x'; UPDATE stock SET on_hand = 0; --",
      "'; TRUNCATE TABLE orders; --",
      "'; COPY users TO PROGRAM 'id'; --",
      "1; DROP TABLE users",
      "x; EXEC xp_cmdshell('dir')",
      "' AND extractvalue(1, concat(0x7e, version()))--",
      "' ORDER BY 10--",
      "'\n;\ndrop\ntable users",
    ]
    const scripts = [
      "<script>alert(1)</script>",
      '"><img src=x onerror=alert(1)>',
      "javascript:alert(document.cookie)",
      "<svg/onload=alert(1)>",
      "<iframe src=https://evil.example></iframe>",
    ]
    const files = ["../../../../etc/passwd", "..\\..\\windows\\win.ini", "/etc/shadow", "/proc/self/environ"]
    const others = ["http://169.254.169.254/latest/meta-data?", "; cat /etc/passwd"]
    const attacks = [...sqlInjections, ...scripts, ...files, ...others]

    test.each(attacks)("%s in a query", (attack) =>
      refuses(
        { method: "GET", path: `/catalog/products?brand=${encodeURIComponent(attack)}` },
        403,
        "request.refused",
      ),
    )

    test.each([...sqlInjections, ...statements, ...scripts, ...files, "; cat /etc/passwd"])(
      "%s in a product's text",
      (attack) => refuses(describedAs(`A fine mug ${attack}`), 403, "request.refused"),
    )

    test("an injection whose quotation marks are written as escapes", () =>
      refuses(
        json(
          "PATCH",
          "/catalog/products/1",
          String.raw`{"description":{"en":"a\u0027 OR \u00271\u0027=\u00271"}}`,
        ),
        403,
        "request.refused",
      ))

    test.each([
      [
        "encoded twice",
        { method: "GET", path: "/catalog/search?q=%253Cscript%253Ealert(1)%253C%252Fscript%253E" },
      ],
      [
        "in a header",
        { method: "GET", path: "/catalog/products", headers: { referer: "<script>alert(1)</script>" } },
      ],
      ["in a cookie", { method: "GET", path: "/catalog/products", headers: { cookie: "guest=' OR '1'='1" } }],
      ["in a member's name", json("POST", "/catalog/products", { "<script>alert(1)</script>": 1 })],
      ["of a scanner", { method: "GET", path: "/catalog/products", headers: { "user-agent": "sqlmap/1.7" } }],
      ["of a split header", { method: "GET", path: "/catalog/products?a=%0d%0aset-cookie:%20a=b" }],
      [
        "of an overridden method",
        {
          method: "POST",
          path: "/basket/cart/items",
          headers: { "content-type": "application/json", "content-range": "bytes 0-1/2" },
          body: "{}",
        },
      ],
    ] satisfies [string, Sent][])("an attack %s", (_, sent) => refuses(sent, 403, "request.refused"))

    test.each([
      ["JSON that is none", json("POST", "/catalog/products", "{bad")],
      ["JSON that ends too soon", json("POST", "/catalog/products", '{"name":')],
      ["two JSON documents", json("POST", "/catalog/products", "{}{}")],
      [
        "a merge patch that is none",
        json("PATCH", "/catalog/products/1", "<a/>", "application/merge-patch+json"),
      ],
      ["JSON that is too deep", json("POST", "/catalog/products", `${"[".repeat(64)}${"]".repeat(64)}`)],
      ["more members than any body has", json("POST", "/catalog/products", Array(10_001).fill(1))],
      ["a path above the root", { method: "GET", path: "/../../etc/passwd" }],
      ["a NUL in the path", { method: "GET", path: "/catalog/products/%00" }],
    ] satisfies [string, Sent][])("%s", (_, sent) => refuses(sent, 400, "request.malformed"))

    test.each([
      ["a traversal into another app's paths", "/catalog/products/..%2f..%2fadmin%2ffunctions", 404],
      ["a traversal out of a service", "/catalog/../runtime/webhooks/durabletask/instances", 404],
      ["the host's own paths", "/catalog/admin/host/status", 404],
    ])("%s", (_, path, status) => refuses({ method: "GET", path }, status, "route.unknown"))

    test.each<[string, Sent, number, string]>([
      [
        "a body over the route's limit",
        json("POST", "/ordering/payments/webhook", `"${"x".repeat(262_143)}"`),
        413,
        "request.too-large",
      ],
      [
        "another media type",
        json("POST", "/catalog/products", "<a/>", "application/xml"),
        415,
        "request.media-type",
      ],
      [
        "a form",
        json("POST", "/basket/checkout", "a=b", "application/x-www-form-urlencoded"),
        415,
        "request.media-type",
      ],
      [
        "JSON where lines are wanted",
        json("PUT", "/catalog/imports/1/parts/1", "{}"),
        415,
        "request.media-type",
      ],
      ["another method", { method: "DELETE", path: "/catalog/products" }, 405, "route.method"],
      ["TRACE", { method: "TRACE", path: "/catalog/products" }, 405, "route.method"],
      [
        "a long target",
        { method: "GET", path: `/catalog/products?a=${"x".repeat(20_000)}` },
        414,
        "request.target-too-long",
      ],
      [
        "large headers",
        { method: "GET", path: "/catalog/products", headers: { "x-a": "x".repeat(20_000) } },
        431,
        "request.headers-too-large",
      ],
    ])("%s", (_, sent, status, code) => refuses(sent, status, code))

    test.each([
      ["two lengths", "content-length: 1\r\ncontent-length: 2\r\n\r\nx"],
      ["a length and chunks", "content-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n"],
      ["a transfer coding that is none", "transfer-encoding: xchunked\r\n\r\n0\r\n\r\n"],
      ["a broken chunk", "transfer-encoding: chunked\r\n\r\nzz\r\n"],
    ])("%s", async (_, rest) => {
      const head =
        "POST /catalog/products HTTP/1.1\r\nhost: shop.example\r\ncontent-type: application/json\r\n"
      const answer = await nginx.bytes(`${head}${rest}`)
      expect(answer).toMatch(/^HTTP\/1\.1 (400|501) /)
      expect(nginx.seen).toHaveLength(0)
    })
  })

  test("tells the services whom they serve, and nothing forged", async () => {
    await send({
      method: "GET",
      path: "/catalog/products?limit=1",
      headers: { "x-forwarded-for": "1.2.3.4", forwarded: "for=1.2.3.4", "x-ms-client-principal": "admin" },
    })
    const [{ service, url, headers }] = nginx.seen as [(typeof nginx.seen)[number]]
    expect([service, url]).toEqual(["catalog", "/products?limit=1"])
    expect(headers).toMatchObject({
      "x-forwarded-for": "127.0.0.1",
      "x-forwarded-host": "shop.example",
      "x-forwarded-prefix": "/catalog",
      traceparent: expect.stringMatching(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/),
    })
    expect(headers).not.toHaveProperty("forwarded")
    expect(headers).not.toHaveProperty("x-ms-client-principal")
  })
})

describe.runIf(available)("without the exclusions", () => {
  let bare: Awaited<ReturnType<typeof startNginx>>
  beforeAll(async () => {
    const files = committed()
    const rules = files.get("modsecurity.conf") as string
    files.set("modsecurity.conf", rules.replaceAll(/^SecRuleUpdateTargetById .*\n/gm, ""))
    bare = await startNginx(files)
  })
  afterAll(() => bare?.close())

  it.each(misfits)("rule $rule refuses: $example", async ({ rule, example }) => {
    const logged = bare.log().length
    expect((await to(bare.port)(describedAs(example))).status).toBe(403)
    await expect.poll(() => bare.log().slice(logged)).toContain(`[id "${rule}"]`)
    expect(bare.seen).toHaveLength(0)
  })
})
