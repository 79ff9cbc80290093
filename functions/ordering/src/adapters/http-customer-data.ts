import { DependencyUnavailableError } from "@eshop/building-blocks/failure"
import type { ServiceClient } from "@eshop/building-blocks/http/service-client"
import { CustomerData, getCustomerData } from "@eshop/domain/contracts/customer-data"
import { requestOf } from "@eshop/domain/contracts/route"
import type { DataOfContext } from "../privacy/ports.ts"

/** What another context keeps of a customer, through its API. */
export const httpCustomerData =
  (context: string, client: ServiceClient): DataOfContext =>
  async (customerId) => {
    const response = await client.send(requestOf(getCustomerData, { customerId }))
    // A token that is refused is a matter of configuration or of a moment.
    if (response.status !== 200)
      throw new DependencyUnavailableError(context, new Error(`${context} answered ${response.status}`))
    return CustomerData.parse(JSON.parse(response.text))
  }
