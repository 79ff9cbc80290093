import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http"
import { authorize } from "./authorize.ts"
import { developmentToken } from "./development-token.ts"
import { openGrants } from "./grants.ts"
import { isOwnForm, json } from "./http.ts"
import { ALGORITHM, openKeyRing } from "./keys.ts"
import { badRequest, OAuthError } from "./oauth-error.ts"
import { signOut } from "./sign-out.ts"
import { isLoopbackOrigin, SCOPES } from "./storefront-client.ts"
import { exchangeToken } from "./token-endpoint.ts"
import { tokenIssuer } from "./tokens.ts"
import { userInfo } from "./userinfo.ts"

/** How the identity provider is run. */
export interface IdentityOptions {
  /** 0 takes any free port. */
  port: number
  /** The issuer's URL as tokens and discovery name it; derived from the port when left out. */
  issuer?: string
  audience: string
  /** Signing keys, sessions and refresh tokens are kept here. */
  dataDir: string
  /** Origins whose pages may ask for a token of anybody, which others may not. */
  allowedOrigins: readonly string[]
  /** Milliseconds since 1970; the clock when left out. */
  now?: () => number
}

type Handle = (request: IncomingMessage, response: ServerResponse, url: URL) => Promise<void> | void

/**
 * Starts an OpenID Connect provider for development: the code flow with PKCE for the storefront, client credentials for
 * services, and a token for any customer, role or service on request. It authenticates nobody; never run it where others
 * can reach it.
 */
export async function startIdentityProvider(options: IdentityOptions): Promise<Server> {
  const server = createServer()
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject)
    server.listen(options.port, "127.0.0.1", resolve)
  })
  const address = server.address()
  const port = address && typeof address === "object" ? address.port : options.port
  const issuer = options.issuer ?? `http://localhost:${port}`
  const { routes, close } = await openRoutes(issuer, options)
  server.once("close", close)
  server.on("request", (request: IncomingMessage, response: ServerResponse) => {
    const answered = new Promise<void>((resolve) => {
      const url = readUrl(request, issuer)
      allowOrigin(request, response, url.pathname, options.allowedOrigins)
      resolve(handlerOf(routes, request, url)(request, response, url))
    })
    answered.catch((error: unknown) => answerError(response, error))
  })
  return server
}

/** What is answered where, by method and path. */
async function openRoutes(issuer: string, options: IdentityOptions) {
  const { audience, dataDir, now = Date.now } = options
  const keys = await openKeyRing(dataDir, now)
  const grants = openGrants(dataDir, now)
  const issue = tokenIssuer({ keys, issuer, audience, now })
  const discovery = discoveryOf(issuer)

  const authorizing: Handle = (request, response, url) =>
    authorize({ issuer, grants, now }, request, response, url)
  const signingOut: Handle = (request, response, url) =>
    signOut({ keys, grants, issuer }, request, response, url)
  const userInfoOf: Handle = async (request, response) =>
    json(response, 200, await userInfo({ keys, issuer, audience, now }, request))
  const routes: Record<string, Handle> = {
    "GET /.well-known/openid-configuration": (_, response) => json(response, 200, discovery),
    "GET /jwks": (_, response) => json(response, 200, { keys: keys.published() }),
    "GET /health/live": (_, response) => json(response, 200, { status: "live" }),
    "GET /authorize": authorizing,
    "POST /authorize": authorizing,
    "GET /end-session": signingOut,
    "POST /end-session": signingOut,
    "GET /userinfo": userInfoOf,
    "POST /userinfo": userInfoOf,
    async "POST /token"(request, response, url) {
      json(response, 200, await exchangeToken({ issue, grants }, request, url))
    },
    async "GET /dev/token"(request, response, url) {
      const issued = await developmentToken(issue, url)
      if (request.headers.accept !== "text/plain") return json(response, 200, issued)
      response.writeHead(200, { "content-type": "text/plain" })
      response.end(issued.access_token)
    },
    async "POST /dev/rotate-keys"(request, response, url) {
      // Any page may send a form to this machine.
      if (!isOwnForm(request)) throw badRequest("the form is another site's")
      const { kid } = await keys.rotate(url.searchParams.has("forget"))
      json(response, 200, { kid })
    },
  }
  return { routes, close: grants.close }
}

/** May be kept, as nobody's secrets are in them. */
const PUBLIC = ["/.well-known/openid-configuration", "/jwks"]

function handlerOf(routes: Record<string, Handle>, request: IncomingMessage, { pathname }: URL): Handle {
  const { method = "GET" } = request
  if (method === "OPTIONS") return (_, response) => answerPreflight(response)
  const handle = routes[`${method === "HEAD" ? "GET" : method} ${pathname}`]
  if (!handle) throw new OAuthError(404, "not_found", `there is no ${method} ${pathname}`)
  return (asked, response, url) => {
    if (!PUBLIC.includes(pathname)) response.setHeader("cache-control", "no-store")
    return handle(asked, response, url)
  }
}

function discoveryOf(issuer: string) {
  return {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    userinfo_endpoint: `${issuer}/userinfo`,
    end_session_endpoint: `${issuer}/end-session`,
    jwks_uri: `${issuer}/jwks`,
    scopes_supported: SCOPES,
    response_types_supported: ["code"],
    response_modes_supported: ["query"],
    grant_types_supported: ["authorization_code", "refresh_token", "client_credentials"],
    code_challenge_methods_supported: ["S256"],
    token_endpoint_auth_methods_supported: ["none", "client_secret_post", "client_secret_basic"],
    authorization_response_iss_parameter_supported: true,
    prompt_values_supported: ["none", "login", "select_account"],
    subject_types_supported: ["public", "pairwise"],
    id_token_signing_alg_values_supported: [ALGORITHM],
    claims_supported: [
      ...["iss", "aud", "sub", "name", "preferred_username", "roles", "customer_groups", "iat", "exp"],
      ...["auth_time", "nonce", "sid", "oid", "tid", "ver", "scp", "azp", "idtyp"],
    ],
  }
}

/**
 * The address that is asked for. Throws OAuthError for a target that is none and for a foreign host: a page of another
 * site whose name leads to this machine would be handed tokens.
 */
function readUrl(request: IncomingMessage, issuer: string): URL {
  const { url = "/", headers } = request
  const { hostname } = new URL(issuer)
  const own = ["localhost", "127.0.0.1", "[::1]", hostname]
  const host = `http://${headers.host ?? hostname}`
  if (!URL.canParse(host) || !own.includes(new URL(host).hostname)) {
    throw new OAuthError(400, "invalid_request", `ask at localhost or at the issuer's host, ${hostname}`)
  }
  if (!URL.canParse(url, issuer)) throw new OAuthError(400, "invalid_request", "the target is not a URL")
  return new URL(url, issuer)
}

/** The storefront's pages, wherever on this machine they are served, may use the standard endpoints. */
function allowOrigin(
  { headers: { origin } }: IncomingMessage,
  response: ServerResponse,
  path: string,
  allowed: readonly string[],
): void {
  response.setHeader("vary", "Origin")
  if (!origin) return
  const isAllowed = allowed.includes(origin) || (!path.startsWith("/dev/") && isLoopbackOrigin(origin))
  if (isAllowed) response.setHeader("access-control-allow-origin", origin)
}

function answerPreflight(response: ServerResponse): void {
  response.writeHead(204, {
    "access-control-allow-methods": "GET, POST",
    "access-control-allow-headers": "authorization, content-type",
    "access-control-max-age": "600",
  })
  response.end()
}

function answerError(response: ServerResponse, error: unknown): void {
  if (!(error instanceof OAuthError)) console.error(error)
  if (response.headersSent) return void response.destroy()
  const known = error instanceof OAuthError ? error : new OAuthError(500, "server_error", "unexpected error")
  if (known.code === "invalid_token") response.setHeader("www-authenticate", 'Bearer error="invalid_token"')
  else if (known.status === 401) response.setHeader("www-authenticate", 'Basic realm="token"')
  json(response, known.status, { error: known.code, error_description: known.message })
}
