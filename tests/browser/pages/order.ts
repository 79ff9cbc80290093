import { type Customer, someAddress } from "@eshop/local-cloud/shop/shop-client"

export const PHONE = "HUAWEI-PLUS-BLACK"

/** Orders two phones. @returns the order's id, once it is paid or cancelled */
export async function orderPhones(customer: Customer, paymentMethod: string): Promise<string> {
  const { total } = await customer.putItem(PHONE, 2)
  const { body } = await customer.checkout({
    shippingAddress: someAddress,
    paymentMethod,
    expectedTotal: total,
  })
  await customer.ended(body.orderId)
  return body.orderId
}
