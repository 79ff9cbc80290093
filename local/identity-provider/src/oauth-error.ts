/** An answer of the OAuth endpoints that is not what was asked for (RFC 6749, sections 4.1.2.1 and 5.2). */
export class OAuthError extends Error {
  readonly status: number
  readonly code: string
  constructor(status: number, code: string, description: string) {
    super(description)
    this.status = status
    this.code = code
  }
}

export const badRequest = (description: string) => new OAuthError(400, "invalid_request", description)
