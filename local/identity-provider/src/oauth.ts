import type { IncomingMessage } from "node:http"
import { customerGroups, customerId, serviceClients } from "./accounts.ts"
import { type IssueToken, type Shape, shapes, TOKEN_LIFETIME_SECONDS } from "./tokens.ts"

const MAX_FORM_BYTES = 16_384
const CUSTOMER_NAME = /^[a-z0-9][a-z0-9._-]{0,63}$/i
const ROLE = /^[a-z][a-z0-9.:_-]{0,63}$/i

/** An answer of the OAuth endpoints that is not a token (RFC 6749, section 5.2). */
export class OAuthError extends Error {
  readonly status: number
  readonly code: string
  constructor(status: number, code: string, description: string) {
    super(description)
    this.status = status
    this.code = code
  }
}

const badRequest = (description: string) => new OAuthError(400, "invalid_request", description)

/** A token as the endpoints answer it (RFC 6749, section 5.1). */
export interface IssuedToken {
  access_token: string
  token_type: "Bearer"
  expires_in: number
  /** The id that the shop knows the customer by. */
  customer_id?: string
}

const bearer = (access_token: string): IssuedToken => ({
  access_token,
  token_type: "Bearer",
  expires_in: TOKEN_LIFETIME_SECONDS,
})

/** A token for a service that shows its own secret (RFC 6749, section 4.4). Throws OAuthError. */
export async function clientCredentials(
  issue: IssueToken,
  request: IncomingMessage,
  url: URL,
): Promise<IssuedToken> {
  const form = new URLSearchParams(await readForm(request))
  const { id, roles } = authenticate(form, request.headers.authorization)
  const grant = form.get("grant_type")
  if (!grant) throw badRequest("grant_type is missing")
  if (grant !== "client_credentials") {
    throw new OAuthError(400, "unsupported_grant_type", "only client_credentials is supported")
  }
  return bearer(await issue({ kind: "app", id, name: id, roles }, readShape(url)))
}

/** A token for whomever the query names: a customer, roles, or a service. Throws OAuthError. */
export async function developmentToken(issue: IssueToken, url: URL): Promise<IssuedToken> {
  const shape = readShape(url)
  const name = url.searchParams.get("customer")
  const service = url.searchParams.get("client")
  const roles = url.searchParams.getAll("role")
  const strange = roles.find((role) => !ROLE.test(role))
  if (strange !== undefined) throw badRequest(`not a role: ${strange}`)
  if (service !== null) {
    const client = serviceClients.get(service)
    if (!client || name !== null || roles.length > 0) {
      throw badRequest("client names one of the services, which has its own roles")
    }
    const { id } = client
    return bearer(await issue({ kind: "app", id, name: id, roles: client.roles }, shape))
  }
  if (name === null && roles.length === 0) {
    throw badRequest(
      "name a customer, a role or a client: ?customer=mehmet, ?role=catalog.write, ?client=basket",
    )
  }
  if (name !== null && !CUSTOMER_NAME.test(name)) {
    throw badRequest("a customer is named by letters, digits, dots, hyphens")
  }
  const account = (name ?? "operator").toLowerCase()
  const id = customerId(account)
  const token = bearer(
    await issue({ kind: "person", id, name: account, roles, groups: customerGroups(account) }, shape),
  )
  return name === null ? token : { ...token, customer_id: id }
}

function readShape(url: URL): Shape {
  const asked = url.searchParams.get("shape") ?? "plain"
  const shape = shapes.find((candidate) => candidate === asked)
  if (!shape) throw badRequest(`shape is one of ${shapes.join(", ")}`)
  return shape
}

/** Client authentication by header or body (RFC 6749, section 2.3.1). */
function authenticate(form: URLSearchParams, authorization: string | undefined) {
  const basic = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(authorization ?? "")?.[1]
  const [id, secret] = basic
    ? decodeBasic(basic)
    : [form.get("client_id") ?? "", form.get("client_secret") ?? ""]
  const client = serviceClients.get(id ?? "")
  if (!client || client.secret !== secret) {
    throw new OAuthError(401, "invalid_client", "unknown client or wrong secret")
  }
  return client
}

function decodeBasic(credentials: string): string[] {
  try {
    return Buffer.from(credentials, "base64")
      .toString()
      .split(":")
      .map((part) => decodeURIComponent(part))
  } catch {
    return []
  }
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
