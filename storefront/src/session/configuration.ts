import { client } from "@eshop/shop-client/generated/client.gen"
import { answerOf } from "../api/api.ts"

/** An OpenID provider, and what these pages are to it: a public client. */
export type Registration = {
  readonly issuer: string
  readonly clientId: string
  readonly scope: string
}

/** What a build has to be told where it is served: `/storefront.json` beside it. */
export type Configuration = Registration & {
  /** Where the gateway is; empty for the page's own origin. */
  readonly apiBase: string
  /** Where the staff signs in, whose provider need not be the customers'. */
  readonly staff: Registration
  /** The payment provider. */
  readonly payments: {
    /** Where Stripe.js lies, or what stands for it: `https://js.stripe.com/v3/` for Stripe. */
    readonly script: string
    readonly publishableKey: string
  }
  /** Where a span of each action of the user is sent (OTLP over HTTP); absent: nowhere. */
  readonly telemetry?: string
  /** Where the staff looks at a trace, `{traceId}` standing for its id; absent: there is no such place. */
  readonly traces?: string
}

export const readConfiguration = (): Promise<Configuration> =>
  answerOf(client.get<{ 200: Configuration }>({ url: "/storefront.json" }))
