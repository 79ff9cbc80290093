import { type LookupAddress, lookup as systemLookup } from "node:dns"
import { type ClientRequest, type IncomingMessage, request as requestHttp } from "node:http"
import { request as requestHttps } from "node:https"
import { isIP, type LookupFunction } from "node:net"
import { clientCall } from "../telemetry/client-call.ts"
import { answeredWith, httpCall } from "../telemetry/http-call.ts"
import { isPublicAddress } from "./public-address.ts"

/** How another's server answered, or why it did not. */
export type OutboundAnswer =
  | {
      readonly status: number
      /** As the header says it. */
      readonly retryAfter?: string
      /** The beginning of the body, without control characters. */
      readonly text: string
    }
  /** `address-refused`, `timeout`, or the name that the system has for it (`ECONNREFUSED`). */
  | { readonly error: string }

/** Sends to addresses that others have chosen. Follows no redirect; never throws. */
export type OutboundPost = (
  url: string,
  headers: Readonly<Record<string, string>>,
  body: string,
) => Promise<OutboundAnswer>

type Lookup = (
  hostname: string,
  options: { readonly all: true },
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void

/** Of an answer's body nobody reads more. */
const MAX_TEXT = 200
const ADDRESS_REFUSED = "address-refused"

class AddressRefusedError extends Error {
  readonly code = ADDRESS_REFUSED
}

/** Whether a URL is one that may be sent to, as far as it says by itself: names are resolved when it is. */
export function isOutboundUrl(text: string, allowPrivate: boolean): boolean {
  if (!URL.canParse(text)) return false
  const url = new URL(text)
  if (url.username !== "" || url.password !== "" || url.hash !== "") return false
  if (url.protocol !== "https:" && !(allowPrivate && url.protocol === "http:")) return false
  const host = hostOf(url)
  return allowPrivate || isIP(host) === 0 || isPublicAddress(host)
}

const hostOf = ({ hostname }: URL): string => hostname.replace(/^\[(.*)\]$/, "$1")

/**
 * What resolves a name for one connection, which then goes to what was looked at here: a name that is resolved again, to
 * another address, is looked at again. One address that is not public refuses the name.
 */
const guarded =
  (lookup: Lookup): LookupFunction =>
  (hostname, options, callback) =>
    lookup(hostname, { all: true }, (error, addresses) => {
      const [first] = addresses ?? []
      const isRefused = !error && !addresses.every(({ address }) => isPublicAddress(address))
      const failure = isRefused ? new AddressRefusedError() : error
      if (failure || !first) callback(failure ?? new AddressRefusedError(), "", 0)
      else if (options.all) callback(null, addresses)
      else callback(null, first.address, first.family)
    })

const printable = (text: string): string => text.toWellFormed().replace(/\p{Cc}/gu, " ")

/** What has come of the answer's body when there is enough of it, or no more. */
function beginningOf(response: IncomingMessage): Promise<string> {
  response.setEncoding("utf8")
  return new Promise((resolve) => {
    let text = ""
    const end = () => {
      resolve(printable(text).slice(0, MAX_TEXT))
      response.destroy()
    }
    response.on("data", (part: string) => {
      text += part
      if (text.length >= MAX_TEXT) end()
    })
    // What breaks off has been answered all the same.
    response.on("end", end).on("error", end).on("close", end)
  })
}

/**
 * A sender to addresses that others have chosen, guarded against being led into the house's own network (SSRF).
 * @param options.allowPrivate whether plain HTTP and addresses that are not public may be sent to: for a developer's machine
 * @param options.timeoutMs for everything, from the name's resolution to the answer's body
 */
export function outboundPost(options: {
  readonly allowPrivate: boolean
  readonly timeoutMs: number
  readonly lookup?: Lookup
}): OutboundPost {
  const { allowPrivate, timeoutMs, lookup = systemLookup } = options
  const post = async (
    url: URL,
    headers: Readonly<Record<string, string>>,
    body: string,
  ): Promise<OutboundAnswer> => {
    const request = url.protocol === "https:" ? requestHttps : requestHttp
    const signal = AbortSignal.timeout(timeoutMs)
    try {
      const response = await new Promise<IncomingMessage>((resolve, reject) => {
        const sent: ClientRequest = request(url, {
          method: "POST",
          headers: { ...headers, "content-length": String(Buffer.byteLength(body)) },
          // No connection is used twice: each one's address was looked at.
          agent: false,
          signal,
          ...(!allowPrivate && { lookup: guarded(lookup) }),
        })
        sent.on("response", resolve).on("error", reject)
        sent.end(body)
      })
      const retryAfter = response.headers["retry-after"]
      const beginning = await beginningOf(response)
      return {
        status: response.statusCode ?? 0,
        ...(retryAfter !== undefined && { retryAfter }),
        text: beginning,
      }
    } catch (error) {
      if (signal.aborted) return { error: "timeout" }
      return { error: (error as NodeJS.ErrnoException).code ?? "failed" }
    }
  }
  return (text, headers, body) => {
    if (!isOutboundUrl(text, allowPrivate)) return Promise.resolve({ error: ADDRESS_REFUSED })
    const url = new URL(text)
    return clientCall(
      () => httpCall(hostOf(url), url.origin, { method: "POST" }),
      async (call) => {
        const answer = await post(url, headers, body)
        if ("status" in answer) answeredWith(call, answer.status)
        else call.failed(answer.error)
        return answer
      },
    )
  }
}
