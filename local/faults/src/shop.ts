import { orderNumberOf } from "@eshop/domain/ordering/order-number"
import { checkOutPatiently, patiently } from "@eshop/local-cloud/shop/patient-checkout"
import { type Order, type Shop, shopClient } from "@eshop/local-cloud/shop/shop-client"
import type { PlacedOrder } from "./fault.ts"

/** Where the running shop is asked. */
export type ShopAddresses = {
  readonly gateway: string
  readonly identity: string
  /** The host of Ordering, whose task hub remembers how an order was to be paid. */
  readonly ordering: string
}

/** What became of an order that a fault has hit. */
export type HitOrder = {
  readonly id: string
  readonly number: string
  /** Undefined while it cannot be asked. */
  readonly status: string | undefined
  readonly cancelReason: string | undefined
}

type Lines = Order & { readonly lines: readonly { readonly sku: string; readonly quantity: number }[] }

const USUAL_METHOD = "pm_card_visa"
const READER = "orders.manage"

/** The shop as the switchboard sees it: it places orders, and reads them as an operator does. */
export function shopOf(addresses: ShopAddresses) {
  const shop: Shop = shopClient(addresses)
  let reader: Promise<string> | undefined
  let customers = 0

  async function read(id: string): Promise<Lines | undefined> {
    reader ??= shop.roleToken(READER)
    const token = await reader.catch(() => undefined)
    const answer =
      token && (await shop.send<Lines>(token, "GET", `/ordering/orders/${id}`).catch(() => undefined))
    if (answer && answer.status === 200) return answer.body
    // A token ends some time.
    reader = undefined
    return undefined
  }

  /** The saga's first step has read it; the order's API does not tell. */
  async function paymentMethodOf(id: string): Promise<string> {
    const hub = `${addresses.ordering}/runtime/webhooks/durabletask/instances/${id}`
    const answer = await fetch(`${hub}?showHistory=true&showHistoryOutput=true`).catch(() => undefined)
    const text = (await answer?.text()) ?? ""
    return /"paymentMethod":"(\w+)"/.exec(text)?.[1] ?? USUAL_METHOD
  }

  return {
    async hit(id: string): Promise<HitOrder> {
      const order = await read(id)
      return { id, number: orderNumberOf(id), status: order?.status, cancelReason: order?.cancelReason?.code }
    },

    /** How an order was placed. @throws Error where the shop does not tell */
    async placed(id: string): Promise<Omit<PlacedOrder, "messages">> {
      const order = await patiently(async () => {
        const found = await read(id)
        if (!found) throw new Error(`Ordering does not tell of the order ${id}.`)
        return found
      })
      const [couponCode] = order.couponCodes
      return {
        lines: order.lines.map(({ sku, quantity }) => ({ sku, quantity })),
        ...(couponCode !== undefined && { couponCode }),
        paymentMethod: await paymentMethodOf(id),
      }
    },

    /** Places an order as a customer of its own, however long the shop takes. @returns its id */
    async place({ lines, couponCode, paymentMethod }: Omit<PlacedOrder, "messages">): Promise<string> {
      const name = `faults-${Date.now()}-${customers++}`
      const customer = await patiently(() => shop.signIn(name))
      for (const { sku, quantity } of lines) await patiently(() => customer.putItem(sku, quantity))
      if (couponCode !== undefined) await patiently(() => customer.putCoupon(couponCode))
      const { total } = await patiently(() => customer.cart())
      return await checkOutPatiently(customer, { total, paymentMethod })
    },

    /** Whether every part of the shop is ready. */
    async isReady(): Promise<boolean> {
      const answer = await fetch(`${addresses.gateway}/health/ready`).catch(() => undefined)
      await answer?.body?.cancel()
      return answer?.status === 200
    },
  }
}

export type ShopView = ReturnType<typeof shopOf>
