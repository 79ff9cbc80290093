const tokens = new Map<string, string>()

/** Keeps, in memory alone, the token with which a guest's order is seen. */
export function keepOrderToken(orderId: string, token: string | null): void {
  if (token !== null) tokens.set(orderId, token)
}

/** The token of an order: the one of its checkout, or that behind the `#` of the link in an e-mail. */
export function orderHeaders(orderId: string): { "X-Order-Token"?: string } {
  const inLink = new URLSearchParams(location.hash.slice(1)).get("token")
  const token = inLink ?? tokens.get(orderId)
  if (inLink !== null) tokens.set(orderId, inLink)
  return token === undefined ? {} : { "X-Order-Token": token }
}
