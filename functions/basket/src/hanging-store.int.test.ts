import type { AddressInfo } from "node:net"
import { connect, createServer, type Server, type Socket } from "node:net"
import { afterAll, beforeAll, expect, test } from "vitest"
import { codeOf } from "../../../tests/fixtures/http.ts"
import { newDatabase } from "../../../tests/fixtures/new-database.ts"
import {
  type BasketOn,
  basketOn,
  catalogOf,
  checkOut,
  checkoutOf,
  customer,
  newProduct,
  put,
} from "./testing/basket.ts"

let proxy: Server
let basket: BasketOn
const sockets: Socket[] = []
let hangs = false

/** PostgreSQL behind a wire that a test can stop: nothing is refused, nothing is answered. */
async function stoppableWire(port: number): Promise<Server> {
  const server = createServer((client) => {
    const upstream = connect(port, "127.0.0.1")
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      from.on("error", () => to.destroy())
      from.on("data", (chunk) => hangs || to.write(chunk))
      sockets.push(from)
    }
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  return server
}

beforeAll(async () => {
  const url = new URL(await newDatabase("basket"))
  proxy = await stoppableWire(Number(url.port))
  url.port = String((proxy.address() as AddressInfo).port)
  basket = await basketOn(url.href)
})
afterAll(async () => {
  for (const socket of sockets) socket.destroy()
  await basket?.store.close()
  proxy?.close()
})

test("PostgreSQL that hangs is 503 with Retry-After, and what was not said to be done is not done", async () => {
  const product = newProduct(500)
  const send = basket.appWith({ catalog: catalogOf([product]) }).as(customer())
  await put(send, product.sku, 1)
  hangs = true
  const replies = await Promise.all([
    send("GET", "cart"),
    put(send, product.sku, 2),
    send("DELETE", `cart/items/${product.sku}`),
    checkOut(send, checkoutOf(500), "hanging"),
  ])
  expect(replies.map((reply) => [reply.status, codeOf(reply), reply.headers.get("retry-after")])).toEqual(
    Array(4).fill([503, "dependency.unavailable", "2"]),
  )
  await expect(basket.store.ping()).rejects.toThrow()

  hangs = false
  for (const socket of sockets) socket.destroy()
  expect((await send("GET", "cart")).body).toMatchObject({ version: 1 })
  expect((await checkOut(send, checkoutOf(500), "hanging")).status).toBe(202)
})
