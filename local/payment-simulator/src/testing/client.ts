/** The key of the simulators under test. */
export const apiKey = "sk_test_of_this_test"

/** An answer as a test looks at it. */
export interface Reply {
  status: number
  // biome-ignore lint/suspicious/noExplicitAny: answers are compared member by member
  body: any
  headers: Headers
}

/** Asks a simulator: a POST where there is a form, a GET otherwise. */
export async function ask(
  url: string,
  path: string,
  form?: Record<string, string>,
  key?: string,
  signal?: AbortSignal,
): Promise<Reply> {
  const response = await fetch(`${url}${path}`, {
    method: form ? "POST" : "GET",
    headers: { authorization: `Bearer ${apiKey}`, ...(key === undefined ? {} : { "idempotency-key": key }) },
    ...(form ? { body: new URLSearchParams(form) } : {}),
    ...(signal ? { signal } : {}),
  })
  return { status: response.status, body: await response.json(), headers: response.headers }
}

/** The form of a payment that is confirmed at once and captured later. */
export const order = (method: string, orderId = "order-1"): Record<string, string> => ({
  amount: "2500",
  currency: "eur",
  payment_method: method,
  confirm: "true",
  capture_method: "manual",
  "metadata[order_id]": orderId,
})
