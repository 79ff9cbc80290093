// Verifies the price proof of an order, and computes again everything in it that can be computed: sums, taxes and their
// rounding. That the stated rules applied is attested by the signature. Needs nothing but Node 22.18 or later, and knows
// nothing of the shop:
//
//   curl -s https://shop.example/basket/price-proof-keys > keys.json
//   node verify.ts --keys keys.json < proof
import { createPublicKey, type JsonWebKey, verify } from "node:crypto"
import { readFileSync } from "node:fs"

type Tax = { rate: number; included: boolean; amount: number }
type Discount = { rule?: string; amount: number }
type Line = {
  sku: string
  quantity: number
  unitPrice: number
  discounts: Discount[]
  tax?: Tax
  total: number
}
type Shipping = { method: string; listPrice: number; discounts: Discount[]; tax?: Tax; price: number }
export type Proof = {
  checkoutId: string
  issuedAt: string
  currency: string
  rounding: string
  lines: Line[]
  shipping?: Shipping
  subtotal: number
  discount: number
  tax: number
  total: number
}
export type KeySet = { keys: (JsonWebKey & { kid?: string })[] }

/** Something that does not agree: where, and why not. */
export class Disagreement extends Error {}

/** What a rate is counted in: thousandths of a percent. */
const RATE_UNIT = 100_000n

/** @throws Disagreement unless it holds */
function check(holds: boolean, where: string, why: string): asserts holds {
  if (!holds) throw new Disagreement(`${where} ${why}`)
}

/** An amount, a quantity or a rate: a whole number that JSON holds exactly. */
function whole(value: unknown, where: string, most = Number.MAX_SAFE_INTEGER): bigint {
  const holds = Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= most
  check(holds, where, `is ${value}, no whole number from 0 to ${most}`)
  return BigInt(value as number)
}

/** @throws Disagreement unless a stated amount is what its parts make */
function agree(stated: unknown, made: bigint, where: string, how: string): void {
  check(whole(stated, where) === made, where, `is ${stated}, but ${how} makes ${made}`)
}

/** numerator / denominator, rounded half to even. */
function halfEven(numerator: bigint, denominator: bigint): bigint {
  const floor = numerator / denominator
  const twice = (numerator % denominator) * 2n
  return twice > denominator || (twice === denominator && floor % 2n === 1n) ? floor + 1n : floor
}

/** RFC 8785, for what a proof is made of: whole numbers, texts, truth values, lists and objects. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`
  if (typeof value !== "object" || value === null) return JSON.stringify(value)
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`).join(",")}}`
}

/** The signed payload of a compact JWS. @throws Disagreement when nobody of the key set signed it */
function signedPayload(jws: string, { keys }: KeySet): Buffer {
  const parts = jws.trim().split(".")
  check(parts.length === 3, "proof", "is no compact JWS: three parts with dots between them")
  const [header = "", payload = "", signature = ""] = parts
  const { alg, kid, typ } = read(Buffer.from(header, "base64url"), "header") as Record<string, unknown>
  check(alg === "ES256", "header.alg", `is ${alg}, not ES256`)
  check(typ === "price-proof+json", "header.typ", `is ${typ}, not price-proof+json`)
  const jwk = keys.find((key) => key.kid === kid)
  check(jwk !== undefined, "header.kid", `is ${kid}, which is not among the keys`)
  const key = { key: createPublicKey({ key: jwk, format: "jwk" }), dsaEncoding: "ieee-p1363" } as const
  const bytes = Buffer.from(signature, "base64url")
  check(
    verify("sha256", Buffer.from(`${header}.${payload}`), key, bytes),
    "signature",
    "was not made with this key",
  )
  return Buffer.from(payload, "base64url")
}

function read(bytes: Buffer, where: string): object {
  try {
    const value: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes))
    if (typeof value === "object" && value !== null) return value
  } catch {}
  throw new Disagreement(`${where} is no JSON object in UTF-8`)
}

function sumOf(discounts: unknown, where: string): bigint {
  check(Array.isArray(discounts), `${where}.discounts`, "is no list")
  const amounts = (discounts as Discount[]).map(({ amount }, at) =>
    whole(amount, `${where}.discounts[${at}].amount`),
  )
  return amounts.reduce((sum, amount) => sum + amount, 0n)
}

/** A stated tax, which is what its rate makes of the amount. */
function taxOf(tax: Tax | undefined, amount: bigint, where: string): { tax: bigint; added: bigint } {
  if (tax === undefined) return { tax: 0n, added: 0n }
  check(typeof tax.included === "boolean", `${where}.tax.included`, "is neither true nor false")
  const rate = whole(tax.rate, `${where}.tax.rate`, Number(RATE_UNIT))
  const made = halfEven(amount * rate, tax.included ? RATE_UNIT + rate : RATE_UNIT)
  const how = `${tax.rate / 1_000} % ${tax.included ? "in" : "on"} ${amount}, half to even,`
  agree(tax.amount, made, `${where}.tax.amount`, how)
  return { tax: made, added: tax.included ? 0n : made }
}

/**
 * Computes a proof again from its inputs.
 * @throws Disagreement of the first thing that does not agree
 */
export function recompute(proof: Proof): void {
  check(proof.rounding === "half-even per line", "rounding", `is ${proof.rounding}, which is not known here`)
  check(/^[A-Z]{3}$/.test(proof.currency), "currency", `is ${proof.currency}`)
  check(Array.isArray(proof.lines) && proof.lines.length > 0, "lines", "is no list of lines")
  let [subtotal, discount, tax, added] = [0n, 0n, 0n, 0n]
  for (const [at, line] of proof.lines.entries()) {
    const where = `lines[${at}]`
    const price = whole(line.unitPrice, `${where}.unitPrice`) * whole(line.quantity, `${where}.quantity`)
    const off = sumOf(line.discounts, where)
    agree(line.total, price - off, `${where}.total`, "unitPrice × quantity − discounts")
    const taxes = taxOf(line.tax, price - off, where)
    subtotal += price
    discount += off
    tax += taxes.tax
    added += taxes.added
  }
  let shipping = 0n
  if (proof.shipping !== undefined) {
    const { listPrice, discounts, price, tax: stated } = proof.shipping
    shipping = whole(listPrice, "shipping.listPrice") - sumOf(discounts, "shipping")
    agree(price, shipping, "shipping.price", "listPrice − discounts")
    const taxes = taxOf(stated, shipping, "shipping")
    tax += taxes.tax
    added += taxes.added
  }
  agree(proof.subtotal, subtotal, "subtotal", "Σ unitPrice × quantity")
  agree(proof.discount, discount, "discount", "Σ discounts of the lines")
  agree(proof.tax, tax, "tax", "Σ taxes")
  agree(
    proof.total,
    subtotal - discount + shipping + added,
    "total",
    "subtotal − discount + shipping + taxes added",
  )
}

/**
 * Verifies a signed proof and computes it again.
 * @returns what it says
 * @throws Disagreement of the first thing that does not agree
 */
export function verifyProof(jws: string, keys: KeySet): Proof {
  const payload = signedPayload(jws, keys)
  const proof = read(payload, "payload") as Proof
  check(canonical(proof) === payload.toString(), "payload", "is not canonical JSON (RFC 8785)")
  recompute(proof)
  return proof
}

function main([option, file]: string[]): void {
  if (option !== "--keys" || file === undefined)
    throw new Error("usage: node verify.ts --keys keys.json < proof")
  const keys = JSON.parse(readFileSync(file, "utf8")) as KeySet
  const { checkoutId, issuedAt, total, currency } = verifyProof(readFileSync(0, "utf8"), keys)
  console.log(`agrees: checkout ${checkoutId} at ${issuedAt}, total ${total} (minor units) ${currency}`)
}

if (process.argv[1] === import.meta.filename) {
  try {
    main(process.argv.slice(2))
  } catch (error) {
    console.error(`${error instanceof Disagreement ? "does not agree: " : ""}${(error as Error).message}`)
    process.exitCode = 1
  }
}
