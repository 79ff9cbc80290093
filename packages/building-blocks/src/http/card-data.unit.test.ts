import { HttpRequest } from "@azure/functions"
import { expect, test } from "vitest"
import { cardDataAround, cardDataIn, cardDataInBytes } from "./card-data.ts"
import { pointerOf } from "./problem.ts"

const CARD = "4242 4242 4242 4242"
const pointers = (fields: readonly { path: readonly PropertyKey[] }[]) =>
  fields.map(({ path }) => pointerOf(path))

test.each<[string, unknown, string[]]>([
  ["a text", { note: `pay with ${CARD}` }, ["/note"]],
  ["a number", { note: 4242424242424242 }, ["/note"]],
  ["a member that nobody knows, nested", { a: [{ b: { c: CARD } }] }, ["/a/0/b/c"]],
  ["a body that is no object", CARD, [""]],
  ["two members", { a: "378282246310005", b: 1, c: "5555-5555-5555-4444" }, ["/a", "/c"]],
  ["the name of a member, which is not repeated", { x: { [CARD]: 1 } }, ["/x"]],
  ["a verification code", { CVV: 123, payment: { "card-cvc": "1" } }, ["/CVV", "/payment/card-cvc"]],
  ["what is called a card number", { cardNumber: "4242" }, ["/cardNumber"]],
  ["a card where an article number is said", { gtin: { code: CARD } }, ["/gtin/code"]],
])("card data is found in %s", (_, input, expected) => {
  expect(pointers(cardDataIn(input))).toEqual(expected)
})

test.each<[string, unknown]>([
  ["ids", { id: "42424242-4242-4242-4242-424242424242", orderId: "018f0000-0000-7000-8000-000000000001" }],
  ["article numbers", { gtin: "30569309025904", sku: "SKU-4006381333931" }],
  ["phone numbers", { phone: "+49 170 12345675" }],
  ["moments and amounts", { at: 1764115200008, amount: 9_007_199_254_740_991 }],
  ["names that begin alike", { cvvPolicy: "none", discard: true }],
  ["nothing", {}],
])("%s pass", (_, input) => {
  expect(cardDataIn(input)).toEqual([])
})

test.each<[string, string, boolean]>([
  ["a card number in a line", `{"a":1}\n{"b":"${CARD}"}\n`, true],
  ["one that is escaped", String.raw`{"b":"\u0034242424242424242"}`, true],
  ["a verification code", '{"card":{"cvc" : "123"}}', true],
  ["a form", "card=4242424242424242&x=1", true],
  ["article numbers", '{"product":{"gtin":"30569309025904"}}', false],
  ["numbers side by side", '{"a":[4242,4242,4242,4242]}', false],
  ["what a provider says of its checks", '{"checks":{"cvc_check":"pass"},"last4":"4242"}', false],
])("of bytes: %s", (_, text, isFound) => {
  expect(cardDataInBytes(Buffer.from(text))).toHaveLength(isFound ? 1 : 0)
})

test("headers and query count, also those that nobody reads, but for what machines make", () => {
  const around = (headers: Record<string, string>, query = {}) =>
    pointers(cardDataAround(new HttpRequest({ method: "GET", url: "http://localhost/", headers, query })))
  expect(around({ "x-note": CARD })).toEqual([""])
  expect(around({}, { utm: CARD, cvc: "1" })).toEqual(["/utm", "/cvc"])
  expect(around({ traceparent: "00-42424242424242424242424242424242-4242424242424242-01" })).toEqual([])
  expect(around({ "stripe-signature": "t=1764115200,v1=4242424242424242" })).toEqual([])
  expect(around({ authorization: "Bearer 4242424242424242", "if-match": '"12"' }, { limit: "20" })).toEqual(
    [],
  )
})
