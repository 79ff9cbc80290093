import { expect, test } from "vitest"
import table from "../../../infra/gateway/storefront.json" with { type: "json" }
import { policyOf } from "./storefront-places.ts"

const identity = ["https://login.example", "https://keys.example"]

/** A policy by its directives. */
const directives = (policy: string) =>
  Object.fromEntries(
    policy.split("; ").map((directive) => {
      const [name, ...sources] = directive.split(" ")
      return [name, sources]
    }),
  )

test("the shop's pages let in what Stripe needs by its own word", () => {
  const policy = directives(policyOf(table, "shop", { identity, payments: "https://js.stripe.com" }))
  expect(policy).toMatchObject({
    "script-src": ["'self'", "https://js.stripe.com", "https://*.js.stripe.com"],
    "frame-src": ["https://js.stripe.com", "https://*.js.stripe.com", "https://hooks.stripe.com"],
    "connect-src": ["'self'", ...identity, "https://api.stripe.com"],
  })
})

test("another provider has its script and its frames where its script lies, and nothing else", () => {
  const policy = directives(policyOf(table, "shop", { identity, payments: "https://pay.example" }))
  expect(policy).toMatchObject({
    "script-src": ["'self'", "https://pay.example"],
    "frame-src": ["https://pay.example"],
    "connect-src": ["'self'", ...identity],
  })
})

test("the staff's pages know no provider of payments", () => {
  const policy = policyOf(table, "staff", { identity, payments: "https://js.stripe.com" })
  expect([policy.includes("stripe"), policy.includes("{")]).toEqual([false, false])
})
