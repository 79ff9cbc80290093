import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http"
import { SignJWT } from "jose"
import { customerId, serviceClients } from "./accounts.ts"
import { ALGORITHM, openSigningKey } from "./keys.ts"

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

const TOKEN_LIFETIME_SECONDS = 3_600
const MAX_FORM_BYTES = 16_384
const CUSTOMER_NAME = /^[a-z0-9][a-z0-9._-]{0,63}$/i
const ROLE = /^[a-z][a-z0-9.:_-]{0,63}$/i

/** An answer of the OAuth endpoints that is not a token (RFC 6749, section 5.2). */
class OAuthError extends Error {
  readonly status: number
  readonly code: string
  constructor(status: number, code: string, description: string) {
    super(description)
    this.status = status
    this.code = code
  }
}

interface Subject {
  id: string
  name: string
  roles: string[]
  client?: string
}

/**
 * Starts an OpenID Connect issuer for development: discovery, keys, client credentials, and a token for any
 * customer or role on request. It authenticates nobody; never run it where others can reach it.
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

  const discovery = {
    issuer,
    jwks_uri: `${issuer}/jwks`,
    token_endpoint: `${issuer}/token`,
    grant_types_supported: ["client_credentials"],
    token_endpoint_auth_methods_supported: ["client_secret_post", "client_secret_basic"],
    response_types_supported: ["token"],
    subject_types_supported: ["public"],
    id_token_signing_alg_values_supported: [ALGORITHM],
    claims_supported: ["iss", "aud", "sub", "preferred_username", "roles", "iat", "exp"],
  }

  const sign = (subject: Subject) =>
    new SignJWT({
      preferred_username: subject.name,
      roles: subject.roles,
      ...(subject.client ? { azp: subject.client } : {}),
    })
      .setProtectedHeader({ alg: ALGORITHM, kid: key.kid, typ: "JWT" })
      .setIssuer(issuer)
      .setAudience(options.audience)
      .setSubject(subject.id)
      .setIssuedAt()
      .setExpirationTime(`${TOKEN_LIFETIME_SECONDS}s`)
      .sign(key.privateKey)

  async function token(request: IncomingMessage): Promise<object> {
    const form = new URLSearchParams(await readForm(request))
    const client = authenticate(form, request.headers.authorization)
    const grant = form.get("grant_type")
    if (!grant) throw new OAuthError(400, "invalid_request", "grant_type is missing")
    if (grant !== "client_credentials") {
      throw new OAuthError(400, "unsupported_grant_type", "only client_credentials is supported")
    }
    const { id, roles } = client
    return bearer(await sign({ id, name: id, roles, client: id }))
  }

  async function developmentToken(url: URL): Promise<{ access_token: string; customer_id?: string }> {
    const name = url.searchParams.get("customer")
    const roles = url.searchParams.getAll("role")
    if (name === null && roles.length === 0) {
      throw new OAuthError(
        400,
        "invalid_request",
        "name a customer or a role: ?customer=mehmet, ?role=catalog.write",
      )
    }
    if (name !== null && !CUSTOMER_NAME.test(name)) {
      throw new OAuthError(400, "invalid_request", "a customer is named by letters, digits, dots, hyphens")
    }
    const strange = roles.find((role) => !ROLE.test(role))
    if (strange !== undefined) throw new OAuthError(400, "invalid_request", `not a role: ${strange}`)
    if (name === null) return bearer(await sign({ id: customerId("operator"), name: "operator", roles }))
    const id = customerId(name)
    return { ...bearer(await sign({ id, name: name.toLowerCase(), roles })), customer_id: id }
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", issuer)
    const { method } = request
    allowOrigin(request, response, options.allowedOrigins)
    if (method === "OPTIONS") {
      response.writeHead(204, {
        "access-control-allow-methods": "GET, POST",
        "access-control-allow-headers": "authorization, content-type",
        "access-control-max-age": "600",
      })
      response.end()
      return
    }
    const isRead = method === "GET" || method === "HEAD"
    if (isRead && url.pathname === "/.well-known/openid-configuration") return json(response, 200, discovery)
    if (isRead && url.pathname === "/jwks") return json(response, 200, { keys: [key.publicJwk] })
    if (isRead && url.pathname === "/health/live") return json(response, 200, { status: "live" })
    response.setHeader("cache-control", "no-store")
    if (method === "POST" && url.pathname === "/token") return json(response, 200, await token(request))
    if (method === "GET" && url.pathname === "/dev/token") {
      const issued = await developmentToken(url)
      if (request.headers.accept !== "text/plain") return json(response, 200, issued)
      response.writeHead(200, { "content-type": "text/plain" })
      response.end(issued.access_token)
      return
    }
    throw new OAuthError(404, "not_found", `there is no ${method} ${url.pathname}`)
  }

  server.on("request", (request: IncomingMessage, response: ServerResponse) => {
    answer(request, response).catch((error: unknown) => {
      if (!(error instanceof OAuthError)) console.error(error)
      const known =
        error instanceof OAuthError ? error : new OAuthError(500, "server_error", "unexpected error")
      if (known.status === 401) response.setHeader("www-authenticate", 'Basic realm="token"')
      json(response, known.status, { error: known.code, error_description: known.message })
    })
  })
  return server
}

function bearer(access_token: string) {
  return { access_token, token_type: "Bearer", expires_in: TOKEN_LIFETIME_SECONDS }
}

/** Client authentication by header or body (RFC 6749, section 2.3.1). */
function authenticate(form: URLSearchParams, authorization: string | undefined) {
  const basic = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(authorization ?? "")?.[1]
  const [id, secret] = basic
    ? Buffer.from(basic, "base64")
        .toString()
        .split(":")
        .map((part) => decodeURIComponent(part))
    : [form.get("client_id") ?? "", form.get("client_secret") ?? ""]
  const client = serviceClients.get(id ?? "")
  if (!client || client.secret !== secret) {
    throw new OAuthError(401, "invalid_client", "unknown client or wrong secret")
  }
  return client
}

function allowOrigin(request: IncomingMessage, response: ServerResponse, allowed: readonly string[]): void {
  const { origin } = request.headers
  response.setHeader("vary", "Origin")
  if (origin && allowed.includes(origin)) response.setHeader("access-control-allow-origin", origin)
}

function json(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json" })
  response.end(JSON.stringify(body))
}

async function readForm(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > MAX_FORM_BYTES) throw new OAuthError(413, "invalid_request", "the form is too large")
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}
