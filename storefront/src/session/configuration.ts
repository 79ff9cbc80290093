import { client } from "@eshop/shop-client/generated/client.gen"
import { answerOf } from "../api/api.ts"

/** What a build has to be told where it is served: `/storefront.json` beside it. */
export type Configuration = {
  /** The OpenID provider whose customers these are. */
  readonly issuer: string
  readonly clientId: string
  readonly scope: string
  /** Where the gateway is; empty for the page's own origin. */
  readonly apiBase: string
}

export const readConfiguration = (): Promise<Configuration> =>
  answerOf(client.get<{ 200: Configuration }>({ url: "/storefront.json" }))
