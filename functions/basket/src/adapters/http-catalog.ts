import { DependencyUnavailableError } from "@eshop/building-blocks/failure"
import { remoteRefusal } from "@eshop/building-blocks/http/remote-refusal"
import type { ServiceClient } from "@eshop/building-blocks/http/service-client"
import { variantUnknown } from "@eshop/domain/catalog/product"
import { requestOf } from "@eshop/domain/contracts/route"
import { getVariant } from "@eshop/domain/contracts/variants"
import type { Catalog } from "../products/ports.ts"

/** Catalog's API. */
export const httpCatalog = (client: ServiceClient): Catalog => ({
  async find(sku) {
    const response = await client.send(requestOf(getVariant, { sku }))
    if (remoteRefusal(response, [variantUnknown])) return undefined
    if (response.status !== 200)
      throw new DependencyUnavailableError("catalog", new Error(`catalog answered ${response.status}`))
    return getVariant.answer.parse(JSON.parse(response.text))
  },
})
