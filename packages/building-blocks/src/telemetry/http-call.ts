import type { ClientCall, RunningCall } from "./client-call.ts"
import { record } from "./metrics.ts"
import {
  ATTR_ERROR_TYPE,
  ATTR_HTTP_REQUEST_METHOD,
  ATTR_HTTP_RESPONSE_STATUS_CODE,
  ATTR_SERVER_ADDRESS,
  ATTR_SERVER_PORT,
  ATTR_SERVICE_PEER_NAME,
  ATTR_URL_TEMPLATE,
} from "./semantic-conventions.ts"

/**
 * A request to another service as a call. Its URL, which may name a customer, is not told.
 * @param peer the service's name
 * @param baseUrl where it is
 */
export function httpCall(
  peer: string,
  baseUrl: string,
  { method, template }: { readonly method: string; readonly template?: string },
): ClientCall {
  const { protocol, hostname: address, port } = new URL(baseUrl)
  return {
    sendsTrace: true,
    name: template === undefined ? method : `${method} ${template}`,
    attributes: {
      [ATTR_HTTP_REQUEST_METHOD]: method,
      [ATTR_SERVICE_PEER_NAME]: peer,
      [ATTR_SERVER_ADDRESS]: address,
      [ATTR_SERVER_PORT]: Number(port || (protocol === "https:" ? 443 : 80)),
      ...(template !== undefined && { [ATTR_URL_TEMPLATE]: template }),
    },
    measure: (seconds, { status, errorType }) =>
      record("http.client.request.duration", seconds, {
        [ATTR_HTTP_REQUEST_METHOD]: method,
        [ATTR_SERVER_ADDRESS]: address,
        ...(status !== undefined && { [ATTR_HTTP_RESPONSE_STATUS_CODE]: status }),
        ...(errorType !== undefined && { [ATTR_ERROR_TYPE]: errorType }),
      }),
  }
}

/** Tells a call its answer; to a client every status from 400 on is an error. */
export function answeredWith(call: RunningCall, status: number): void {
  call.answered(status, { [ATTR_HTTP_RESPONSE_STATUS_CODE]: status })
  if (status >= 400) call.failed(String(status))
}
