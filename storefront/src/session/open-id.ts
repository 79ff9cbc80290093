import * as oauth from "oauth4webapi"
import type { Registration } from "./configuration.ts"
import type { Door } from "./door.ts"

/** What the provider gave. It is held in memory alone: no storage of the browser ever has a token. */
export type Tokens = {
  readonly accessToken: string
  /** When the access token ends, by this page's own clock (`performance.now`). */
  readonly until: number
  readonly refreshToken: string | undefined
  readonly idToken: string | undefined
  /** How whoever signed in is called. */
  readonly name: string
  readonly roles: readonly string[]
}

/** What has to outlast the way to the provider and back, in this tab. */
type Errand = {
  readonly state: string
  readonly nonce: string
  readonly verifier: string
  readonly back: string
}

const errandOf = ({ name }: Door): string => `${name}.sign-in`

const redirectUri = ({ callback }: Door): string => new URL(callback, location.origin).href

/** A provider on this machine is reached over HTTP. */
const insecure = (issuer: string) => ({
  [oauth.allowInsecureRequests]: issuer.startsWith("http://localhost"),
})

async function discover({ issuer }: Registration): Promise<oauth.AuthorizationServer> {
  const url = new URL(issuer)
  const response = await oauth.discoveryRequest(url, { algorithm: "oidc", ...insecure(issuer) })
  return oauth.processDiscoveryResponse(url, response)
}

/**
 * Sends the browser to the provider (authorization code flow with PKCE).
 * @param silently without asking anybody anything: for somebody whose page was loaded again
 */
export async function goToProvider(
  door: Door,
  registration: Registration,
  back: string,
  silently: boolean,
): Promise<void> {
  const provider = await discover(registration)
  const errand: Errand = {
    state: oauth.generateRandomState(),
    nonce: oauth.generateRandomNonce(),
    verifier: oauth.generateRandomCodeVerifier(),
    back,
  }
  sessionStorage.setItem(errandOf(door), JSON.stringify(errand))
  const url = new URL(provider.authorization_endpoint as string)
  url.search = new URLSearchParams({
    client_id: registration.clientId,
    redirect_uri: redirectUri(door),
    response_type: "code",
    scope: registration.scope,
    state: errand.state,
    nonce: errand.nonce,
    code_challenge: await oauth.calculatePKCECodeChallenge(errand.verifier),
    code_challenge_method: "S256",
    ...(silently ? { prompt: "none" } : {}),
  }).toString()
  if (silently) location.replace(url)
  else location.assign(url)
}

/**
 * Takes up what the provider sent back.
 * @returns where they were, and the tokens; none where the provider gave none (nobody is signed in there, or they turned
 * round)
 */
export async function comeBack(
  door: Door,
  registration: Registration,
): Promise<{ readonly back: string; readonly tokens: Tokens | undefined }> {
  const errand: Errand | undefined = JSON.parse(sessionStorage.getItem(errandOf(door)) ?? "null") ?? undefined
  sessionStorage.removeItem(errandOf(door))
  // Opened out of the browser's history: the errand is done.
  if (!errand) return { back: door.home, tokens: undefined }
  const client = { client_id: registration.clientId }
  const provider = await discover(registration)
  try {
    const parameters = oauth.validateAuthResponse(provider, client, new URL(location.href), errand.state)
    const response = await oauth.authorizationCodeGrantRequest(
      provider,
      client,
      oauth.None(),
      parameters,
      redirectUri(door),
      errand.verifier,
      insecure(registration.issuer),
    )
    const answer = await oauth.processAuthorizationCodeResponse(provider, client, response, {
      expectedNonce: errand.nonce,
      requireIdToken: true,
    })
    return { back: errand.back, tokens: tokensOf(answer) }
  } catch (error) {
    if (error instanceof oauth.AuthorizationResponseError) return { back: errand.back, tokens: undefined }
    throw error
  }
}

/**
 * Gets new tokens for those that end.
 * @returns none where the provider has ended the sign-in, or never meant it to be renewed
 * @throws where the provider cannot be asked
 */
export async function renew(registration: Registration, tokens: Tokens): Promise<Tokens | undefined> {
  if (tokens.refreshToken === undefined) return undefined
  const client = { client_id: registration.clientId }
  const provider = await discover(registration)
  const response = await oauth.refreshTokenGrantRequest(
    provider,
    client,
    oauth.None(),
    tokens.refreshToken,
    insecure(registration.issuer),
  )
  try {
    const answer = await oauth.processRefreshTokenResponse(provider, client, response)
    return { ...tokensOf(answer), idToken: answer.id_token ?? tokens.idToken }
  } catch (error) {
    if (error instanceof oauth.ResponseBodyError && error.error === "invalid_grant") return undefined
    throw error
  }
}

/** Where somebody is signed out at the provider, which then sends them to the door's own page for that. */
export async function signOutUrl(
  door: Door,
  registration: Registration,
  idToken: string | undefined,
): Promise<string> {
  const provider = await discover(registration)
  const url = new URL(provider.end_session_endpoint as string)
  url.searchParams.set("client_id", registration.clientId)
  url.searchParams.set("post_logout_redirect_uri", new URL(door.signedOut, location.origin).href)
  if (idToken !== undefined) url.searchParams.set("id_token_hint", idToken)
  return url.href
}

type Claims = { name?: string; preferred_username?: string; roles?: string[] }

/** What a token says. The apps verify it; a page only shows what is in it. */
function claimsOf(token: string): Claims {
  const payload = token.split(".")[1]?.replaceAll("-", "+").replaceAll("_", "/") ?? ""
  const bytes = Uint8Array.from(atob(payload), (letter) => letter.charCodeAt(0))
  return JSON.parse(new TextDecoder().decode(bytes))
}

function tokensOf(answer: oauth.TokenEndpointResponse): Tokens {
  const { name, preferred_username, roles = [] } = claimsOf(answer.access_token)
  return {
    accessToken: answer.access_token,
    until: performance.now() + (answer.expires_in ?? 300) * 1000,
    refreshToken: answer.refresh_token,
    idToken: answer.id_token,
    name: name ?? preferred_username ?? "",
    roles,
  }
}
