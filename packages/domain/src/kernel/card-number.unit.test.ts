import fc from "fast-check"
import { expect, test } from "vitest"
import { containsCardNumber, containsIssuedCardNumber } from "./card-number.ts"

/** Providers' published test numbers: of 13, 14, 15, 16 and 19 digits. */
const testCards = [
  "4222222222222",
  "30569309025904",
  "378282246310005",
  "371449635398431",
  "4242424242424242",
  "4000056655665556",
  "5555555555554444",
  "2223003122003222",
  "6011111111111117",
  "3566002020360505",
  "6200000000000005",
  "9792030394440796",
  "6205500000000000004",
]

test.each(testCards)("%s is found, however it is written", (card) => {
  const grouped = card.replace(/(\d{4})(?=\d)/g, "$1 ")
  for (const text of [
    card,
    `pm_${card}`,
    `my card is ${card}!`,
    grouped,
    grouped.replaceAll(" ", "-"),
    grouped.replaceAll(" ", " – "),
    grouped.replaceAll(" ", "\u00a0"),
    grouped.replaceAll(" ", "\u200b"),
    [...card].join(" "),
    `Main Street 12 ${grouped}`,
    `${grouped} 10115 Berlin`,
    card.replace(/\d/g, (digit) => String.fromCodePoint(0xff10 + Number(digit))),
  ])
    expect([text, containsCardNumber(text), containsIssuedCardNumber(text)]).toEqual([text, true, true])
})

test.each([
  ["a GTIN-13 that ends in a Luhn digit by chance", "4000000000006"],
  ["a GTIN-14 that does", "50000000000005"],
  ["a moment in milliseconds", "1764115200008"],
  ["a number of no issuer", "1000000000000008"],
  ["an order id", "018f0000-0000-7000-8000-000000000001"],
  ["a phone number", "+49 170 12345675"],
  ["an article number", "AUR-S1-BLACK-2026-11"],
  ["a JSON Web Token's part", "eyJhbGciOiJFUzI1NiIsImtpZCI6IjEyMyJ9"],
])("where a text may be anything, %s passes: %s", (_, text) => {
  expect(containsIssuedCardNumber(text)).toBe(false)
})

test.each([
  ["a wrong check digit", "4242424242424241"],
  ["twelve digits", "424242424242"],
  ["more digits than a card has", "42424242424242424242"],
  ["letters between", "4242a4242a4242a4242"],
  ["zeros", "0000 0000 0000 0000"],
  ["a UUID", "018f0000-0000-7000-8000-000000000001"],
  ["a UUID of digits alone", "42424242-4242-4242-4242-424242424242"],
  ["a phone number", "+49 170 12345675"],
  ["a short phone number", "0049 170 1234567"],
  ["an order number", "ORD-2026-000123"],
  ["a GTIN-13", "4006381333931"],
  ["an address", "Bağdat Caddesi 1, 34710-1234 Kadıköy"],
  ["a coupon code", "IPHONE150"],
  ["a token", "pm_card_visa"],
  ["nothing", ""],
])("%s passes: %s", (_, text) => {
  expect(containsCardNumber(text)).toBe(false)
})

test("a plus sign makes no phone number of what is longer than one", () => {
  expect(containsCardNumber("491701234567 5")).toBe(true)
  expect(containsCardNumber("+4242424242424242")).toBe(true)
})

test("what cannot be told apart counts as a card number: a GTIN-13 that ends in a Luhn digit by chance", () => {
  expect(containsCardNumber("4006381333930")).toBe(false)
  expect(containsCardNumber("4000000000006")).toBe(true)
})

test("no UUID is taken for a card number", () => {
  fc.assert(fc.property(fc.uuid(), (uuid) => !containsCardNumber(uuid)))
})

test("a number with the check digit is found, with any other it is not", () => {
  const digits = fc.tuple(
    fc.integer({ min: 1, max: 9 }),
    fc.array(fc.nat(9), { minLength: 11, maxLength: 17 }),
  )
  fc.assert(
    fc.property(digits, ([first, rest]) => {
      const body = `${first}${rest.join("")}`
      const found = Array.from({ length: 10 }, (_, check) => containsCardNumber(`${body}${check}`))
      expect(found.filter(Boolean)).toHaveLength(1)
    }),
  )
})

test.each(["¹", "₁", "①", "１", "𝟏"])("a digit that is written as %s is one", (one) => {
  expect(containsCardNumber(`4${one.repeat(15)}`)).toBe(true)
  expect(containsIssuedCardNumber(`4${one.repeat(15)}`)).toBe(true)
})

test("sixteen digits may hide in nine characters", () => {
  expect(containsIssuedCardNumber("④⑪⑪⑪⑪⑪⑪⑪①")).toBe(true)
})
