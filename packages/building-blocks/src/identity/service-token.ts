import * as z from "zod"
import { DependencyUnavailableError } from "../failure.ts"
import { clientCall } from "../telemetry/client-call.ts"
import { answeredWith, httpCall } from "../telemetry/http-call.ts"
import { azureCredential } from "./azure-credential.ts"
import type { IdentitySettings } from "./verify-token.ts"

/** Where a service gets the token that it shows to another service. */
export type ServiceToken = {
  /**
   * @param refused a token that the other side took for invalid: another one is fetched where that is possible
   * @throws DependencyUnavailableError when none can be had
   */
  get(refused?: string): Promise<string>
}

const TokenAnswer = z.object({ access_token: z.string(), expires_in: z.number() })

/** A new token is fetched this long before the old one expires, which goes on counting meanwhile. */
const EARLY_MS = 300_000

/**
 * Tokens by the client-credentials grant (RFC 6749 section 4.4): the local identity provider, or Entra with a secret.
 * One request is under way at a time, whoever asks.
 * @param clock milliseconds since 1970
 */
export function clientCredentialsToken(
  options: { issuer: string; clientId: string; clientSecret: string },
  clock: () => number = Date.now,
): ServiceToken {
  let current: { token: string; expires: number } | undefined
  let pending: Promise<string> | undefined

  async function fetchToken(): Promise<string> {
    try {
      const request = { method: "POST", template: "/token" }
      const response = await clientCall(
        () => httpCall("identity", options.issuer, request),
        async (call) => {
          const answer = await fetch(`${options.issuer.replace(/\/$/, "")}/token`, {
            method: "POST",
            body: new URLSearchParams({
              grant_type: "client_credentials",
              client_id: options.clientId,
              client_secret: options.clientSecret,
            }),
            signal: AbortSignal.timeout(5_000),
          })
          answeredWith(call, answer.status)
          return answer
        },
      )
      if (!response.ok) throw new Error(`the token endpoint answered ${response.status}`)
      const answer = TokenAnswer.parse(await response.json())
      current = { token: answer.access_token, expires: clock() + answer.expires_in * 1_000 }
      return current.token
    } catch (error) {
      throw new DependencyUnavailableError("identity", error)
    }
  }
  function renew(): Promise<string> {
    pending ??= fetchToken().finally(() => {
      pending = undefined
    })
    return pending
  }

  return {
    async get(refused) {
      if (!current || current.token === refused || current.expires <= clock()) return renew()
      // Nobody waits for the next one while this one counts; where it cannot be had, the next call tries again.
      if (current.expires - EARLY_MS <= clock()) renew().catch(() => undefined)
      return current.token
    },
  }
}

/** Tokens of the app's managed identity; the credential caches and renews them itself, and knows no way to do so earlier. */
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
  settings: z.infer<typeof ServiceSettings> & z.infer<typeof IdentitySettings>,
): ServiceToken =>
  settings.SERVICE_CLIENT_ID && settings.SERVICE_CLIENT_SECRET
    ? clientCredentialsToken({
        issuer: settings.IDENTITY_STAFF_ISSUER ?? settings.IDENTITY_ISSUER,
        clientId: settings.SERVICE_CLIENT_ID,
        clientSecret: settings.SERVICE_CLIENT_SECRET,
      })
    : managedIdentityToken(settings.IDENTITY_STAFF_AUDIENCE ?? settings.IDENTITY_AUDIENCE)
