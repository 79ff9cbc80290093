import { expect, test } from "vitest"
import { Address, getCheckout } from "./checkouts.ts"

const address = getCheckout.example.answer.shippingAddress
/** The members that are refused. */
const refused = (more: object) => {
  const issues = Address.safeParse({ ...address, ...more }).error?.issues ?? []
  return [...new Set(issues.map(({ path }) => path[0]))]
}

test("an address asks only for what every country has", () => {
  const { state: _, zipCode: __, ...least } = address
  expect(Address.parse(least)).toEqual(least)
  for (const zipCode of ["SW1A 1AA", "K1A 0B1", "10115", "1012 AB", "34710-1234"])
    expect(refused({ zipCode })).toEqual([])
  expect(refused({ emailAddress: "müller@exämple.de" })).toEqual([])
})

test("it is not blank, it can be seen, and it is bounded", () => {
  expect(refused({ firstName: "  " })).toEqual(["firstName"])
  expect(refused({ firstName: "\u200b" })).toEqual(["firstName"])
  expect(refused({ country: "T" })).toEqual(["country"])
  expect(refused({ addressLine: "x".repeat(201) })).toEqual(["addressLine"])
  expect(refused({ emailAddress: "nobody" })).toEqual(["emailAddress"])
})

test("no member of it takes a card number", () => {
  for (const member of ["firstName", "lastName", "addressLine", "country", "state", "zipCode"])
    expect(refused({ [member]: "4242424242424242" })).toEqual([member])
  expect(refused({ emailAddress: "4242424242424242@example.com" })).toEqual(["emailAddress"])
})
