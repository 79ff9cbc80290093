import { ACCOUNT_NAME, accountOf, customerId, serviceClients } from "./accounts.ts"
import { badRequest } from "./oauth-error.ts"
import { bearer, readShape, type TokenAnswer } from "./token-endpoint.ts"
import { person, type TokenIssuer } from "./tokens.ts"

const ROLE = /^[a-z][a-z0-9.:_-]{0,63}$/i

/** A token, and the id that the shop knows the customer by. */
export interface DevelopmentToken extends TokenAnswer {
  customer_id?: string
}

/** A token for whomever the query names: a customer, roles, or a service. Throws OAuthError. */
export async function developmentToken(issue: TokenIssuer, url: URL): Promise<DevelopmentToken> {
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
    return bearer(await issue.access({ kind: "app", id, name: id, roles: client.roles }, shape))
  }
  if (name === null && roles.length === 0) {
    throw badRequest(
      "name a customer, a role or a client: ?customer=mehmet, ?role=catalog.write, ?client=basket",
    )
  }
  if (name !== null && !ACCOUNT_NAME.test(name)) {
    throw badRequest("a customer is named by letters, digits, dots, hyphens")
  }
  const account = (name ?? "operator").toLowerCase()
  const listed = accountOf(account)?.roles ?? []
  const subject = person({ name: account, roles: roles.length > 0 ? roles : listed })
  const token = bearer(await issue.access(subject, shape))
  return name === null ? token : { ...token, customer_id: customerId(account) }
}
