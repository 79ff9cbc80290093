import canonicalize from "canonicalize"
import { describe, expect, test } from "vitest"
import { priceProofOf } from "../contracts/price-proof.ts"
import { type Order, replay } from "./order.ts"
import type { OrderEvent } from "./order-events.ts"
import { chainBehind, type StoredLink } from "./stream-chain.ts"
import { confirm, decide, pay, submission, submit } from "./testing/given.ts"
import { verifyOrder } from "./verify-order.ts"

const { orderId } = submission

/** A paid order as it lies in its store, with a proof of its price. */
function evidence() {
  const events: OrderEvent[] = []
  for (const said of [submit, confirm, pay]) events.push(...(decide(replay(events), said) as OrderEvent[]))
  const links: StoredLink[] = chainBehind(orderId, undefined, events)
  const { version, hash } = links.at(-1) as StoredLink
  const order = replay(events) as Order
  const payload = canonicalize(
    priceProofOf({ ...order, checkoutId: orderId, paymentMethod: "" }, new Date(0)),
  )
  const proof = `e30.${Buffer.from(payload ?? "").toString("base64url")}.c2ln`
  return { orderId, links, stored: { order, head: { version, hash } }, proof }
}

const codesOf = (given: Parameters<typeof verifyOrder>[0]) => verifyOrder(given).map(({ code }) => code)

describe("an order in its store", () => {
  test("that is as it was written holds", () => {
    expect(verifyOrder(evidence())).toEqual([])
    expect(verifyOrder({ ...evidence(), proof: undefined })).toEqual([])
  })

  test.each<[what: string, change: (of: ReturnType<typeof evidence>) => object, codes: string[]]>([
    [
      "without its last event",
      ({ links }) => ({ links: links.slice(0, -1) }),
      ["stream.head", "order.differs"],
    ],
    [
      "with an event that was changed",
      ({ links }) => ({
        links: links.map((link) =>
          link.version === links.length
            ? { ...link, event: { ...(link.event as object), at: "2020-01-01T00:00:00.000Z" } }
            : link,
        ),
      }),
      ["stream.changed", "order.differs"],
    ],
    [
      "without an event between",
      ({ links }) => ({ links: links.toSpliced(1, 1) }),
      ["stream.missing", "stream.unreadable"],
    ],
    ["without its state", () => ({ stored: undefined }), ["stream.head", "order.differs"]],
    [
      "with a state that somebody wrote",
      ({ stored }) => ({ stored: { ...stored, order: { ...stored.order, status: "Closed" } } }),
      ["order.differs"],
    ],
    ["without its stream", () => ({ links: [] }), ["stream.head", "order.differs"]],
    ["with a proof that is none", () => ({ proof: "nonsense" }), ["price-proof.unreadable"]],
    [
      "with a proof of another price",
      ({ proof }) => {
        const [header, payload = "", signature] = proof.split(".")
        const stated = JSON.parse(Buffer.from(payload, "base64url").toString())
        const other = Buffer.from(JSON.stringify({ ...stated, total: stated.total + 1 })).toString(
          "base64url",
        )
        return { proof: [header, other, signature].join(".") }
      },
      ["price-proof.differs"],
    ],
  ])("%s does not", (_, change, codes) => {
    const given = evidence()
    expect(codesOf({ ...given, ...change(given) } as typeof given)).toEqual(codes)
  })
})
