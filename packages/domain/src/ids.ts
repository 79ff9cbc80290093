import { z } from "zod"

/** Any UUID, in lower case: UUIDv7 for what we create, the seed products' fixed ids besides. */
export const Id = z.uuid().toLowerCase()
export const ProductId = Id.describe("Product id")
export const OrderId = Id.describe("Order id; equals the id of the checkout that began it")
export const CustomerId = Id.describe("Customer id: the token's subject")

/** Line quantities are bounded so that a total stays an exact integer. */
export const Quantity = z.int().min(1).max(1_000_000)
