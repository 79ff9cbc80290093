import { spawnSync } from "node:child_process"
import { generateKeyPairSync } from "node:crypto"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import {
  publicKeysOf,
  type SigningKeys,
  signingKeys,
  signJson,
} from "@eshop/building-blocks/signing/signing-keys"
import { BasketCheckedOut, Checkout, type LineDiscount } from "@eshop/domain/contracts/basket-events"
import { PriceProof, priceProofOf } from "@eshop/domain/contracts/price-proof"
import { RATE_UNIT, taxOn } from "@eshop/domain/contracts/taxes"
import { sum, usd } from "@eshop/domain/kernel/money"
import fc from "fast-check"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { Disagreement, type KeySet, type Proof, recompute, verifyProof } from "./verify.ts"

const newKey = (version: string) => {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" })
  return `${version}:${privateKey.export({ format: "der", type: "pkcs8" }).toString("base64")}`
}
const [first, second] = [newKey("1"), newKey("2")]
const keysOf = (text: string): SigningKeys => signingKeys.parse(text)
const keySetOf = (text: string) => publicKeysOf(keysOf(text)) as KeySet
const TYPE = "price-proof+json"
const at = new Date("2026-11-01T10:00:00.000Z")
const ownKeys = keysOf(first)
const sign = (proof: object, keys?: string) => signJson(keys ? keysOf(keys) : ownKeys, TYPE, proof)

const rates = fc.oneof(
  fc.constantFrom(0, 5_000, 7_000, 9_975, 14_975, 19_000, 20_000),
  fc.integer({ min: 0, max: RATE_UNIT }),
)
const taxes = fc.option(fc.record({ rate: rates, included: fc.boolean() }), { nil: undefined })
/** Shares of what is left, so that nothing costs less than nothing. */
const shares = fc.array(fc.integer({ min: 0, max: 100 }), { maxLength: 3 })

function discountsOf(price: number, percents: readonly number[]): [LineDiscount[], left: number] {
  let left = price
  const discounts = percents.map((percent, index): LineDiscount => {
    const amount = Math.floor((left * percent) / 100)
    left -= amount
    const rule =
      index === 0 ? { couponCode: "WELCOME10" } : { promotionId: "018f0000-0000-7000-8000-0000000000d1" }
    return { ...rule, reason: "a reason", amount: usd(amount) }
  })
  return [discounts, left]
}

const line = fc
  .record({
    cents: fc.integer({ min: 1, max: 5_000_000 }),
    quantity: fc.integer({ min: 1, max: 1_000 }),
    shares,
    tax: taxes,
  })
  .map(({ cents, quantity, shares, tax }) => {
    const [discounts, total] = discountsOf(cents * quantity, shares)
    return {
      ...{ sku: "IPHONE-X-BLACK", productId: "5334c996-8457-4cf0-815c-ed2b77c4ff61", name: "IPhone X" },
      ...{ quantity, unitPrice: usd(cents), discounts, total: usd(total) },
      ...(tax && { tax: taxOn(usd(total), tax.rate, tax.included) }),
    }
  })
const shipping = fc.record({ cents: fc.nat(10_000), shares, tax: taxes }).map(({ cents, shares, tax }) => {
  const [discounts, price] = discountsOf(cents, shares)
  return {
    ...{ method: "standard", price: usd(price), ...(discounts.length > 0 && { discounts }) },
    ...(tax && { tax: taxOn(usd(price), tax.rate, tax.included) }),
  }
})
const checkouts = fc
  .record({
    lines: fc.array(line, { minLength: 1, maxLength: 5 }),
    shipping: fc.option(shipping, { nil: undefined }),
  })
  .map(({ lines, shipping }) => {
    const all = [...lines, ...(shipping ? [shipping] : [])].flatMap(({ tax }) => tax ?? [])
    const subtotal = sum(
      "USD",
      lines.map(({ unitPrice, quantity }) => usd(unitPrice.amount * quantity)),
    )
    const discount = sum(
      "USD",
      lines.flatMap(({ discounts }) => discounts.map(({ amount }) => amount)),
    )
    const added = sum(
      "USD",
      all.filter(({ included }) => !included).map(({ amount }) => amount),
    )
    const total = subtotal.amount - discount.amount + (shipping?.price.amount ?? 0) + added.amount
    return Checkout.parse({
      ...BasketCheckedOut.example,
      ...{ lines, shipping, subtotal, discount, total: usd(total) },
      tax:
        all.length > 0
          ? sum(
              "USD",
              all.map(({ amount }) => amount),
            )
          : undefined,
    })
  })

/** Every amount of a proof, by its path. */
function amountsIn(value: unknown, path: (string | number)[] = []): (string | number)[][] {
  if (typeof value === "number") return path.at(-1) === "rate" || path.at(-1) === "quantity" ? [] : [path]
  if (typeof value !== "object" || value === null) return []
  return Object.entries(value).flatMap(([name, member]) => amountsIn(member, [...path, name]))
}
type Members = Record<string | number, unknown>
function changed(proof: Proof, path: readonly (string | number)[], by: number): Proof {
  const copy = structuredClone(proof)
  const owner = path.slice(0, -1).reduce((at, name) => at[name] as Members, copy as unknown as Members)
  const last = path.at(-1) as string
  owner[last] = (owner[last] as number) + by
  return copy
}
/** What does not agree; undefined when all does. */
function disagreementOf(work: () => unknown): string | undefined {
  try {
    work()
  } catch (error) {
    if (error instanceof Disagreement) return error.message
    throw error
  }
}

test("10,000 random checkouts verify, and one changed cent anywhere is found", {
  timeout: 120_000,
}, async () => {
  const keySet = keySetOf(first)
  const seen = { verified: 0, forgeries: 0, faults: 0 }
  await fc.assert(
    fc.asyncProperty(checkouts, fc.nat(), fc.constantFrom(1, -1), async (checkout, pick, by) => {
      const proof = priceProofOf(checkout, at) as Proof
      const jws = await sign(proof)
      if (disagreementOf(() => verifyProof(jws, keySet)) === undefined) seen.verified++
      const amounts = amountsIn(proof)
      const other = changed(proof, amounts[pick % amounts.length] ?? [], by)
      // Whoever forges has no key; the shop's own fault is under its key.
      const [header, , signature] = jws.split(".")
      const payload = Buffer.from(JSON.stringify(other)).toString("base64url")
      const forged = disagreementOf(() => verifyProof([header, payload, signature].join("."), keySet))
      if (forged === "signature was not made with this key") seen.forgeries++
      if (disagreementOf(() => recompute(other)) !== undefined) seen.faults++
    }),
    { numRuns: 10_000 },
  )
  expect(seen).toEqual({ verified: 10_000, forgeries: 10_000, faults: 10_000 })
})

const example = priceProofOf(BasketCheckedOut.example, at) as Proof

test("each amount of a proof, a cent more or less, is named", async () => {
  const amounts = amountsIn(example)
  expect(amounts).toHaveLength(11)
  for (const path of amounts)
    for (const by of [1, -1]) expect(() => recompute(changed(example, path, by))).toThrow(Disagreement)
  expect(() => recompute(changed(example, ["lines", 0, "tax", "amount"], 1))).toThrow(
    "lines[0].tax.amount is 25547, but 19 % in 160000, half to even, makes 25546",
  )
  expect(() => recompute(changed(example, ["lines", 0, "quantity"], 1))).toThrow(
    "lines[0].total is 160000, but",
  )
})

test("a proof says nothing of who bought, and where", () => {
  const text = JSON.stringify(example)
  const { customerId, paymentMethod } = BasketCheckedOut.example
  for (const secret of [customerId, paymentMethod, "IPhone X", "country"]) expect(text).not.toContain(secret)
})

test("the largest checkout's proof fits where it is kept", async () => {
  const most = Number.MAX_SAFE_INTEGER
  const discount = { rule: "018f0000-0000-7000-8000-0000000000d1", amount: most }
  const tax = { rate: RATE_UNIT, included: false, amount: most }
  const line = {
    sku: "S".repeat(40),
    quantity: 1_000_000,
    unitPrice: most,
    discounts: Array(10).fill(discount),
    tax,
    total: most,
  }
  const proof = PriceProof.parse({
    ...example,
    lines: Array(100).fill(line),
    shipping: {
      method: "m".repeat(40),
      listPrice: most,
      discounts: Array(10).fill(discount),
      tax,
      price: most,
    },
  })
  expect(Checkout.shape.proof.safeParse(await sign(proof)).success).toBe(true)
})

describe("refused is a proof", () => {
  const refused = (jws: string, why: RegExp, keys = keySetOf(first)) =>
    expect(() => verifyProof(jws, keys)).toThrow(why)

  test("of a key that is not known, or is another one under its name", async () => {
    refused(await sign(example, second), /^header.kid is 2, which is not among the keys/)
    refused(await sign(example, newKey("1")), /^signature was not made with this key/)
  })
  test("that is something else, signed with the right key", async () => {
    refused(await signJson(keysOf(first), "JWT", example), /^header.typ is JWT/)
    refused(await sign({ hello: "world" }), /^rounding/)
    refused(await sign({ ...example, rounding: "half-up per order" }), /^rounding/)
    refused(await sign({ ...example, lines: [] }), /^lines/)
  })
  test("without an algorithm, or cut", async () => {
    const [, payload, signature] = (await sign(example)).split(".")
    const none = Buffer.from(JSON.stringify({ alg: "none", kid: "1" })).toString("base64url")
    refused(`${none}.${payload}.`, /^header.alg is none/)
    refused(`${payload}.${signature}`, /^proof is no compact JWS/)
    refused(`..`, /^header is no JSON/)
  })
  test("with a fraction, a negative amount or one that JSON does not hold", async () => {
    for (const total of [1.5, -1, 2 ** 53, "160490", null])
      refused(await sign({ ...example, total }), /^total is /)
  })
})

test("after a rotation what the key before signed still verifies", async () => {
  const rotated = `${second} ${first}`
  const keySet = keySetOf(rotated)
  expect(keySet.keys.map(({ kid }) => kid)).toEqual(["2", "1"])
  expect(JSON.stringify(keySet)).not.toContain('"d"')
  expect(verifyProof(await sign(example), keySet)).toEqual(example)
  expect(verifyProof(await sign(example, rotated), keySet)).toEqual(example)
})

describe("as a program", () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "eshop-proof-"))
    writeFileSync(join(folder, "keys.json"), JSON.stringify(keySetOf(first)))
  })
  afterAll(() => rmSync(folder, { recursive: true }))
  const run = (input: string, ...options: string[]) => {
    const args = [join(import.meta.dirname, "verify.ts"), ...options]
    const { status, stdout, stderr } = spawnSync(process.execPath, args, {
      cwd: folder,
      input,
      encoding: "utf8",
    })
    return { status, stdout, stderr }
  }

  test("it says that a proof agrees, what does not, and how it is used", async () => {
    const agrees =
      "agrees: checkout 018f0000-0000-7000-8000-000000000001 at 2026-11-01T10:00:00.000Z, total 160490 (minor units) USD\n"
    expect(run(`${await sign(example)}\n`, "--keys", "keys.json")).toEqual({
      status: 0,
      stdout: agrees,
      stderr: "",
    })
    const wrong = await sign(changed(example, ["total"], 1))
    expect(run(wrong, "--keys", "keys.json")).toEqual({
      status: 1,
      stdout: "",
      stderr:
        "does not agree: total is 160491, but subtotal − discount + shipping + taxes added makes 160490\n",
    })
    expect(run("")).toMatchObject({ status: 1, stderr: "usage: node verify.ts --keys keys.json < proof\n" })
  })

  test("it has at most 200 lines and needs nothing but Node", () => {
    const source = readFileSync(join(import.meta.dirname, "verify.ts"), "utf8")
    expect(source.split("\n").length).toBeLessThanOrEqual(201)
    expect([...source.matchAll(/ from "([^"]+)"/g)].map(([, name]) => name)).toEqual([
      "node:crypto",
      "node:fs",
    ])
  })
})

test("a setting that is no signing key is refused without showing it", () => {
  const { privateKey: rsa } = generateKeyPairSync("rsa", { modulusLength: 2_048 })
  const other = `1:${rsa.export({ format: "der", type: "pkcs8" }).toString("base64")}`
  for (const text of ["", "1:", "1:aGVsbG8=", other, `${first} ${first}`, first.slice(0, -8)]) {
    const { error } = signingKeys.safeParse(text)
    expect(error?.issues).toHaveLength(1)
    expect(error?.message).not.toContain("MIG")
  }
})
