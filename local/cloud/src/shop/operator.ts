export type Request = { readonly method: string; readonly path: string; readonly body?: string }

/**
 * Sends requests with a token of one role, which the local identity provider gives to anybody.
 * @returns a function that takes the URL above the request's path and returns the answer's JSON; it throws an error that
 * says what was asked and answered when that is no success
 */
export function operator(identity: string, role: "operations" | "privacy.manage" = "operations") {
  async function token(): Promise<string> {
    const response = await fetch(`${identity}/dev/token?role=${role}`)
    if (!response.ok) throw new Error(`the identity provider answered ${response.status}`)
    return ((await response.json()) as { access_token: string }).access_token
  }

  return async <T>(baseUrl: string, { method, path, body }: Request): Promise<T> => {
    const response = await fetch(`${baseUrl}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${await token()}`,
        ...(body !== undefined && { "content-type": "application/json" }),
      },
      ...(body !== undefined && { body }),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path} was answered with ${response.status}: ${text}`)
    return JSON.parse(text) as T
  }
}
