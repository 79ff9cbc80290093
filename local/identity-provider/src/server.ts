import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http"
import { ALGORITHM, openSigningKey } from "./keys.ts"
import { clientCredentials, developmentToken, OAuthError } from "./oauth.ts"
import { tokenIssuer } from "./tokens.ts"

/** How the identity provider is run. */
export interface IdentityOptions {
  /** 0 takes any free port. */
  port: number
  /** The issuer's URL as tokens and discovery name it; derived from the port when left out. */
  issuer?: string
  audience: string
  /** The signing key is kept here. */
  dataDir: string
  /** Origins whose pages may ask for tokens. */
  allowedOrigins: readonly string[]
}

type Handle = (request: IncomingMessage, response: ServerResponse) => Promise<void>

/**
 * Starts an OpenID Connect issuer for development: discovery, keys, client credentials, and a token for any
 * customer, role or service on request. It authenticates nobody; never run it where others can reach it.
 */
export async function startIdentityProvider(options: IdentityOptions): Promise<Server> {
  const key = await openSigningKey(options.dataDir)
  const server = createServer()
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject)
    server.listen(options.port, "127.0.0.1", resolve)
  })
  const address = server.address()
  const port = address && typeof address === "object" ? address.port : options.port
  const issuer = options.issuer ?? `http://localhost:${port}`
  const { audience, allowedOrigins } = options
  const documents = { discovery: discoveryOf(issuer), keySet: { keys: [key.publicJwk] } }
  const handle = handlerOf(issuer, documents, allowedOrigins, tokenIssuer({ key, issuer, audience }))

  server.on("request", (request: IncomingMessage, response: ServerResponse) => {
    handle(request, response).catch((error: unknown) => {
      if (!(error instanceof OAuthError)) console.error(error)
      const known =
        error instanceof OAuthError ? error : new OAuthError(500, "server_error", "unexpected error")
      if (known.status === 401) response.setHeader("www-authenticate", 'Basic realm="token"')
      json(response, known.status, { error: known.code, error_description: known.message })
    })
  })
  return server
}

function discoveryOf(issuer: string) {
  return {
    issuer,
    jwks_uri: `${issuer}/jwks`,
    token_endpoint: `${issuer}/token`,
    grant_types_supported: ["client_credentials"],
    token_endpoint_auth_methods_supported: ["client_secret_post", "client_secret_basic"],
    response_types_supported: ["token"],
    subject_types_supported: ["public", "pairwise"],
    id_token_signing_alg_values_supported: [ALGORITHM],
    claims_supported: [
      ...["iss", "aud", "sub", "preferred_username", "roles", "customer_groups", "iat", "exp"],
      ...["oid", "tid", "ver", "scp", "azp", "idtyp"],
    ],
  }
}

function handlerOf(
  issuer: string,
  { discovery, keySet }: { discovery: object; keySet: object },
  allowedOrigins: readonly string[],
  issue: ReturnType<typeof tokenIssuer>,
): Handle {
  return async (request, response) => {
    const { method } = request
    const url = readUrl(request, issuer)
    allowOrigin(request, response, allowedOrigins)
    if (method === "OPTIONS") return answerPreflight(response)
    const isRead = method === "GET" || method === "HEAD"
    if (isRead && url.pathname === "/.well-known/openid-configuration") return json(response, 200, discovery)
    if (isRead && url.pathname === "/jwks") return json(response, 200, keySet)
    if (isRead && url.pathname === "/health/live") return json(response, 200, { status: "live" })
    response.setHeader("cache-control", "no-store")
    if (method === "POST" && url.pathname === "/token") {
      return json(response, 200, await clientCredentials(issue, request, url))
    }
    if (method === "GET" && url.pathname === "/dev/token") {
      const issued = await developmentToken(issue, url)
      if (request.headers.accept !== "text/plain") return json(response, 200, issued)
      response.writeHead(200, { "content-type": "text/plain" })
      response.end(issued.access_token)
      return
    }
    throw new OAuthError(404, "not_found", `there is no ${method} ${url.pathname}`)
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

function allowOrigin(request: IncomingMessage, response: ServerResponse, allowed: readonly string[]): void {
  const { origin } = request.headers
  response.setHeader("vary", "Origin")
  if (origin && allowed.includes(origin)) response.setHeader("access-control-allow-origin", origin)
}

function answerPreflight(response: ServerResponse): void {
  response.writeHead(204, {
    "access-control-allow-methods": "GET, POST",
    "access-control-allow-headers": "authorization, content-type",
    "access-control-max-age": "600",
  })
  response.end()
}

function json(response: ServerResponse, status: number, body: object): void {
  if (response.destroyed) return
  response.writeHead(status, { "content-type": "application/json" })
  response.end(JSON.stringify(body))
}
