import { useCase } from "@eshop/building-blocks/app/use-case"
import { putDelivery as putDeliveryOn } from "@eshop/domain/basket/cart"
import type { HoldPorts } from "../holds/ports.ts"
import { CartView, DeliveryInput } from "./cart-view.ts"
import { changeCart } from "./change-cart.ts"
import { changeRefusals } from "./store-cart.ts"

/** Says where the cart goes and how, for its taxes and shipping; what is left out is not known. */
export const putDelivery = useCase("basket.put-delivery", {
  input: DeliveryInput,
  result: CartView,
  refusals: changeRefusals,
  handle: (ports: HoldPorts) => async (delivery, call) => {
    const { country, shippingMethod } = delivery
    const change = {
      action: "delivery.set",
      ...(country && { country }),
      ...(shippingMethod && { shippingMethod }),
    } as const
    return await changeCart<never>(ports, call, { change }, (cart) => putDeliveryOn(cart, delivery))
  },
})
