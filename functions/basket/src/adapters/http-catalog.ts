import { DependencyUnavailableError } from "@eshop/building-blocks/failure"
import type { ServiceClient } from "@eshop/building-blocks/http/service-client"
import { ProductSnapshot } from "@eshop/domain/events/catalog-events"
import type { Catalog } from "../products/ports.ts"

const Product = ProductSnapshot.omit({ productId: true }).extend({ id: ProductSnapshot.shape.productId })

/** Catalog's API. */
export const httpCatalog = (client: ServiceClient): Catalog => ({
  async find(productId, { traceparent }) {
    const response = await client.send({
      method: "GET",
      path: `/products/${productId}`,
      ...(traceparent && { traceparent }),
    })
    if (response.status === 404) return undefined
    if (response.status !== 200)
      throw new DependencyUnavailableError("catalog", new Error(`catalog answered ${response.status}`))
    const { id, name, price, version } = Product.parse(JSON.parse(response.text))
    return { productId: id, name, price, version }
  },
})
