import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { OrderNumber, orderNumberOf, readOrderNumber } from "./order-number.ts"

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
const number = fc.uuid().map(orderNumberOf)

test("an order has one number, whoever says it", () => {
  const id = "018f0000-0000-7000-8000-000000000001"
  expect(orderNumberOf(id)).toBe("SVYQ-YAE3-6614")
  expect(orderNumberOf(id.toUpperCase())).toBe(orderNumberOf(id))
})

describe("an order number that a person says", () => {
  test("is read as it is written", () => {
    fc.assert(
      fc.property(number, (written) => {
        expect(readOrderNumber(written)).toBe(written)
      }),
    )
  })

  test("may have another case, blanks, no dashes, and letters that look like digits", () => {
    fc.assert(
      fc.property(number, (written) => {
        const spoken = written.toLowerCase().replaceAll("-", " ").replaceAll("0", "o").replaceAll("1", "l")
        expect(readOrderNumber(`  ${spoken} `)).toBe(written)
        expect(readOrderNumber(written.replaceAll("-", ""))).toBe(written)
        expect(readOrderNumber(written.replaceAll("1", "I"))).toBe(written)
      }),
    )
  })

  test("is none with one wrong symbol", () => {
    fc.assert(
      fc.property(number, fc.nat(11), fc.integer({ min: 1, max: 31 }), (written, place, shift) => {
        const symbols = [...written.replaceAll("-", "")]
        const other = (ALPHABET.indexOf(symbols[place] as string) + shift) % ALPHABET.length
        symbols[place] = ALPHABET[other] as string
        expect(readOrderNumber(symbols.join(""))).toBeUndefined()
      }),
    )
  })

  test("is none when two neighbours changed places, but for the one pair that Luhn's algorithm misses", () => {
    fc.assert(
      fc.property(number, fc.nat(10), (written, place) => {
        const symbols = [...written.replaceAll("-", "")]
        const pair = [symbols[place] as string, symbols[place + 1] as string] as const
        fc.pre(pair[0] !== pair[1] && [...pair].sort().join("") !== "0Z")
        symbols.splice(place, 2, pair[1], pair[0])
        expect(readOrderNumber(symbols.join(""))).toBeUndefined()
      }),
    )
  })

  test.each(["", "SVYQ-YAE3", "SVYQ-YAE3-6614-0", "SVYQ-YAE3-661U", "SVYQ_YAE3_6614", "🙂"])(
    "is not %j",
    (text) => {
      expect(readOrderNumber(text)).toBeUndefined()
      expect(OrderNumber.safeParse(text).success).toBe(false)
    },
  )
})
