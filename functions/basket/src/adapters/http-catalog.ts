import { DependencyUnavailableError } from "@eshop/building-blocks/failure"
import { remoteRefusal } from "@eshop/building-blocks/http/remote-refusal"
import type { ServiceClient, ServiceResponse } from "@eshop/building-blocks/http/service-client"
import { variantUnknown } from "@eshop/domain/catalog/product"
import { requestOf } from "@eshop/domain/contracts/route"
import { getTaxRates } from "@eshop/domain/contracts/taxes"
import { getVariant } from "@eshop/domain/contracts/variants"
import type { Catalog } from "../products/ports.ts"
import type { CatalogTaxes } from "../taxes/ports.ts"

/** @throws DependencyUnavailableError for anything but a success */
function answerOf({ status, text }: ServiceResponse): unknown {
  if (status !== 200) throw new DependencyUnavailableError("catalog", new Error(`catalog answered ${status}`))
  return JSON.parse(text)
}

/** Catalog's API. */
export const httpCatalog = (client: ServiceClient): Catalog & CatalogTaxes => ({
  async find(sku) {
    const response = await client.send(requestOf(getVariant, { sku }))
    if (remoteRefusal(response, [variantUnknown])) return undefined
    return getVariant.answer.parse(answerOf(response))
  },

  async rates(country) {
    return getTaxRates.answer.parse(answerOf(await client.send(requestOf(getTaxRates, { country }))))
  },
})
