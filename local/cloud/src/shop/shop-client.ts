import { randomUUID } from "node:crypto"
import type { Address } from "@eshop/domain/contracts/checkouts"
import type { OrderStatus } from "@eshop/domain/contracts/ordering-events"
import type { Money } from "@eshop/domain/kernel/money"
import type { CancelReason } from "@eshop/domain/ordering/order-events"

/** An answer of the shop, whatever its status. */
export type ShopAnswer<T = unknown> = { readonly status: number; readonly headers: Headers; readonly body: T }

export type TimelineEvent = {
  readonly type: string
  readonly at: string
  readonly data?: Partial<CancelReason>
}
export type Timeline = {
  readonly status: OrderStatus
  readonly events: readonly TimelineEvent[]
  /** What leads the order, or has led it, and where it stands. */
  readonly processes: readonly { readonly step?: string }[]
}

/** What a storefront shows of an order. */
export type Order = {
  readonly id: string
  readonly status: OrderStatus
  readonly discount: Money
  readonly couponCodes: readonly string[]
  readonly total: Money
  readonly cancelReason?: CancelReason
  /** Where the payment's holder must confirm it, while that is awaited. */
  readonly paymentAction?: { readonly redirectUrl: string }
  readonly submittedAt: string
}

export type CartLine = {
  sku: string
  name: string
  quantity: number
  unitPrice: Money
  total: Money
}
export type CartAnswer = {
  lines: CartLine[]
  subtotal: Money
  discount: Money
  /** Absent for an empty cart. */
  shipping?: { method: string; price: Money }
  tax?: Money
  total: Money
  hold?: { expiresAt: string }
  messages: { type: string }[]
  version: number
}
export type CheckoutAnswer = { orderId: string; total: Money; links: { order: string } }

export type CheckoutBody = {
  expectedTotal: Money
  shippingMethod?: string
  shippingAddress: Address
  paymentMethod: string
}

/** A variant's stock, at all locations together. */
export type StockAnswer = {
  readonly sku: string
  readonly onHand: number
  readonly reserved: number
  readonly available: number
}

export type PaymentIntent = { id: string; status: string; amount: number; amount_received: number }

const underWay: readonly OrderStatus[] = ["Submitted", "AwaitingStock", "AwaitingPayment"]
const POLL_MS = 40

export const someAddress: Address = {
  firstName: "Mehmet",
  lastName: "Yılmaz",
  emailAddress: "mehmet@example.com",
  addressLine: "Bağdat Caddesi 1",
  country: "TR",
  zipCode: "34710",
}

/** Reads a JSON answer. Another program that listens on the shop's port seldom speaks JSON: the error says so. */
async function readJson<T>(response: Response): Promise<T> {
  const text = await response.text()
  try {
    return (text && JSON.parse(text)) as T
  } catch {
    throw new Error(
      `${response.url} answered ${response.status} and no JSON: another program than the shop listens there`,
    )
  }
}

/** The shop's front door as a storefront uses it, for `npm run order`, the end-to-end tests and the benchmarks. */
export function shopClient(urls: { gateway: string; identity: string }) {
  async function send<T>(
    token: string | undefined,
    method: string,
    path: string,
    options: { body?: unknown; headers?: Record<string, string> } = {},
  ): Promise<ShopAnswer<T>> {
    const response = await fetch(`${urls.gateway}${path}`, {
      method,
      headers: {
        ...(token && { authorization: `Bearer ${token}` }),
        ...(options.body !== undefined && { "content-type": "application/json" }),
        ...options.headers,
      },
      ...(options.body !== undefined && { body: JSON.stringify(options.body) }),
    })
    return { status: response.status, headers: response.headers, body: await readJson<T>(response) }
  }

  async function token(query: string): Promise<{ access_token: string; customer_id?: string }> {
    const response = await fetch(`${urls.identity}/dev/token?${query}`)
    const body = await readJson<{ access_token: string; customer_id?: string }>(response)
    if (!response.ok) throw new Error(`the identity provider answered ${response.status}`)
    return body
  }

  /** The answer's body, or an error that says what the shop answered. */
  function expect<T>(answer: ShopAnswer<T>, status: number): T {
    if (answer.status !== status)
      throw new Error(
        `the shop answered ${answer.status} instead of ${status}: ${JSON.stringify(answer.body)}`,
      )
    return answer.body
  }

  /** A token with the given roles, as operators and services hold them. */
  async function roleToken(...roles: string[]): Promise<string> {
    const { access_token } = await token(roles.map((role) => `role=${encodeURIComponent(role)}`).join("&"))
    return access_token
  }

  return {
    send,
    expect,

    roleToken,

    async stock(sku: string): Promise<StockAnswer> {
      const keeper = await roleToken("inventory.write")
      return expect(await send<StockAnswer>(keeper, "GET", `/catalog/stock/${sku}`), 200)
    },

    /** Signs in as a development customer. */
    async signIn(name: string) {
      const { access_token, customer_id = "" } = await token(`customer=${encodeURIComponent(name)}`)
      const as = <T>(method: string, path: string, options: Parameters<typeof send>[3] = {}) =>
        send<T>(access_token, method, path, options)
      return {
        customerId: customer_id,
        token: access_token,
        send: as,
        cart: async () => expect(await as<CartAnswer>("GET", "/basket/cart"), 200),
        putItem: async (sku: string, quantity: number) =>
          expect(await as<CartAnswer>("PUT", `/basket/cart/items/${sku}`, { body: { quantity } }), 200),
        /** What cannot be used is said in the cart's messages. */
        putCoupon: async (couponCode: string) =>
          expect(await as<CartAnswer>("PUT", "/basket/cart/coupon", { body: { couponCode } }), 200),
        checkout: (body: CheckoutBody, key: string = randomUUID()) =>
          as<CheckoutAnswer>("POST", "/basket/checkout", { body, headers: { "idempotency-key": key } }),
        order: (id: string) => as<Order>("GET", `/ordering/orders/${id}`),
        timeline: async (id: string) =>
          expect(await as<Timeline>("GET", `/ordering/orders/${id}/timeline`), 200),
        /** Waits until the order is paid or cancelled. */
        async ended(id: string, timeoutMs = 60_000): Promise<Order> {
          const deadline = Date.now() + timeoutMs
          for (;;) {
            const { status, body } = await as<Order>("GET", `/ordering/orders/${id}`)
            if (status === 200 && !underWay.includes(body.status)) return body
            if (Date.now() > deadline)
              throw new Error(`order ${id} is ${status === 200 ? body.status : status}`)
            await new Promise((resolve) => setTimeout(resolve, POLL_MS))
          }
        },
      }
    },
  }
}

export type Shop = ReturnType<typeof shopClient>
export type Customer = Awaited<ReturnType<Shop["signIn"]>>

/** The payments of an order, as the payment simulator knows them. */
export async function paymentsOf(
  payments: { url: string; apiKey: string },
  orderId: string,
): Promise<readonly PaymentIntent[]> {
  const query = new URLSearchParams({ query: `metadata['order_id']:'${orderId}'`, limit: "100" })
  const response = await fetch(`${payments.url}/v1/payment_intents/search?${query}`, {
    headers: { authorization: `Bearer ${payments.apiKey}` },
  })
  const { data } = await readJson<{ data: readonly PaymentIntent[] }>(response)
  if (!response.ok) throw new Error(`the payment simulator answered ${response.status}`)
  return data
}
