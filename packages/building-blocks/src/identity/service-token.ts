import * as z from "zod"
import { DependencyUnavailableError } from "../failure.ts"
import { azureCredential } from "./azure-credential.ts"

/** Where a service gets the token that it shows to another service. */
export type ServiceToken = { get(): Promise<string> }

const TokenAnswer = z.object({ access_token: z.string(), expires_in: z.number() })

/** A new token is fetched this long before the old one expires. */
const EARLY_MS = 60_000

/** Tokens by the client-credentials grant (RFC 6749 section 4.4): the local identity provider, or Entra with a secret. */
export function clientCredentialsToken(options: {
  issuer: string
  clientId: string
  clientSecret: string
}): ServiceToken {
  let current: { token: string; expires: number } | undefined
  let pending: Promise<string> | undefined

  async function fetchToken(): Promise<string> {
    try {
      const response = await fetch(`${options.issuer.replace(/\/$/, "")}/token`, {
        method: "POST",
        body: new URLSearchParams({
          grant_type: "client_credentials",
          client_id: options.clientId,
          client_secret: options.clientSecret,
        }),
        signal: AbortSignal.timeout(5_000),
      })
      if (!response.ok) throw new Error(`the token endpoint answered ${response.status}`)
      const answer = TokenAnswer.parse(await response.json())
      current = { token: answer.access_token, expires: Date.now() + answer.expires_in * 1_000 }
      return current.token
    } catch (error) {
      throw new DependencyUnavailableError("identity", error)
    }
  }

  return {
    async get() {
      if (current && current.expires - EARLY_MS > Date.now()) return current.token
      pending ??= fetchToken().finally(() => {
        pending = undefined
      })
      return pending
    },
  }
}

/** Tokens of the app's managed identity; the credential caches them itself. */
export function managedIdentityToken(audience: string): ServiceToken {
  const credential = azureCredential()
  return {
    async get() {
      const token = await credential.getToken(`${audience}/.default`)
      if (!token) throw new DependencyUnavailableError("identity")
      return token.token
    },
  }
}

/** Settings of an app that calls another one: a client secret, or nothing where a managed identity is. */
export const ServiceSettings = z.object({
  SERVICE_CLIENT_ID: z.string().optional(),
  SERVICE_CLIENT_SECRET: z.string().optional(),
})

/** The service token that the settings ask for: a client secret where there is one, the managed identity otherwise. */
export const serviceToken = (
  settings: z.infer<typeof ServiceSettings> & { IDENTITY_ISSUER: string; IDENTITY_AUDIENCE: string },
): ServiceToken =>
  settings.SERVICE_CLIENT_ID && settings.SERVICE_CLIENT_SECRET
    ? clientCredentialsToken({
        issuer: settings.IDENTITY_ISSUER,
        clientId: settings.SERVICE_CLIENT_ID,
        clientSecret: settings.SERVICE_CLIENT_SECRET,
      })
    : managedIdentityToken(settings.IDENTITY_AUDIENCE)
