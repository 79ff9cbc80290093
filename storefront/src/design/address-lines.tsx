import type { OrderingGetOrderResponse } from "@eshop/shop-client/generated/types.gen"
import { countryName } from "../texts/format.ts"

type Address = NonNullable<OrderingGetOrderResponse["shippingAddress"]>

/** An order's address, line by line. */
export function AddressLines({ address }: { address: Address }) {
  const lines = [
    `${address.firstName} ${address.lastName}`,
    address.addressLine,
    [address.zipCode, address.state].filter((part) => part !== undefined).join(" "),
    countryName(address.country),
    address.emailAddress,
  ]
  return (
    <address>
      {lines
        .filter((line) => line !== "")
        .map((line) => (
          <span key={line}>{line}</span>
        ))}
    </address>
  )
}
