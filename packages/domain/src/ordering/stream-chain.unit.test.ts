import { createHash } from "node:crypto"
import * as fc from "fast-check"
import { expect, test } from "vitest"
import { brokenLink, chainBehind, type StoredLink } from "./stream-chain.ts"

const orderId = "019a8f5e-0000-7000-8000-000000000001"
const headOf = (links: readonly StoredLink[]) => links.at(-1)
const event = fc.record({ type: fc.string(), v: fc.nat(9), data: fc.dictionary(fc.string(), fc.integer()) })
const stream = fc
  .array(event, { minLength: 1, maxLength: 8 })
  .map((events) => chainBehind(orderId, undefined, events))

test("a link is the hash of its order, its place, the link before and the event as canonical JSON", () => {
  const [first, second] = chainBehind(orderId, undefined, [{ b: 1, a: "ä" }, {}])
  const hash = (text: string) => createHash("sha256").update(text).digest("hex")
  expect(first?.hash).toBe(
    hash(`{"event":{"a":"ä","b":1},"orderId":"${orderId}","previous":null,"version":1}`),
  )
  expect(second?.hash).toBe(
    hash(`{"event":{},"orderId":"${orderId}","previous":"${first?.hash}","version":2}`),
  )
})

test("a stream that was written in parts is the one that was written at once, and holds", () => {
  fc.assert(
    fc.property(fc.array(event, { minLength: 1, maxLength: 8 }), fc.nat(7), (events, cut) => {
      const whole = chainBehind(orderId, undefined, events)
      const first = chainBehind(orderId, undefined, events.slice(0, cut))
      expect([...first, ...chainBehind(orderId, headOf(first), events.slice(cut))]).toEqual(whole)
      expect(brokenLink(orderId, headOf(whole), whole)).toBeUndefined()
      // As a database gives it back: another order of rows and of members.
      const read = whole.toReversed().map((link) => JSON.parse(JSON.stringify(link)))
      expect(brokenLink(orderId, headOf(whole), read)).toBeUndefined()
    }),
  )
})

const at = (links: readonly StoredLink[], index: number) => index % links.length

test("a changed event, or a changed hash, is found where it is", () => {
  fc.assert(
    fc.property(stream, fc.nat(), fc.boolean(), (links, n, isEvent) => {
      const index = at(links, n)
      const change = isEvent ? { event: { was: "another" } } : { hash: "0".repeat(64) }
      const changed = links.map((link, position) => (position === index ? { ...link, ...change } : link))
      expect(brokenLink(orderId, headOf(links), changed)).toEqual({ version: index + 1, problem: "changed" })
    }),
  )
})

test("an event that is gone, a tail that was cut off and a whole stream that is gone are found", () => {
  fc.assert(
    fc.property(stream, fc.nat(), (links, n) => {
      const index = at(links, n)
      const without = links.filter((_, position) => position !== index)
      const isLast = index === links.length - 1
      expect(brokenLink(orderId, headOf(links), without)).toEqual(
        isLast ? { version: index, problem: "head" } : { version: index + 1, problem: "missing" },
      )
      expect(brokenLink(orderId, headOf(links), [])).toEqual({ version: 0, problem: "head" })
    }),
  )
})

test("a stream written anew from a changed event on does not end where the order says, nor does one without its order", () => {
  fc.assert(
    fc.property(stream, (links) => {
      const forged = chainBehind(orderId, undefined, [
        { was: "another" },
        ...links.slice(1).map((one) => one.event as object),
      ])
      const problem = { version: links.length, problem: "head" }
      expect(brokenLink(orderId, headOf(links), forged)).toEqual(problem)
      expect(brokenLink(orderId, undefined, links)).toEqual(problem)
    }),
  )
})

test("a stream is its order's: under another id it does not hold", () => {
  const links = chainBehind(orderId, undefined, [{}])
  expect(brokenLink(orderId.replace(/1$/, "2"), headOf(links), links)).toEqual({
    version: 1,
    problem: "changed",
  })
})
