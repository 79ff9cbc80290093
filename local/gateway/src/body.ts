import type { IncomingMessage, ServerResponse } from "node:http"
import { type GatewayProblem, RefusedError } from "./problem.ts"

/** Bytes of bodies that the gateway holds at any time, over all callers. */
const HELD_BYTES = 64 * 1_048_576

const tooLarge = (limit: number): GatewayProblem => ({
  status: 413,
  code: "request.too-large",
  detail: `A body may have at most ${limit} bytes.`,
})
const tooSlow = (deadlineMs: number): GatewayProblem => ({
  status: 408,
  code: "request.timeout",
  detail: `The body did not arrive within ${deadlineMs / 1_000} s.`,
})
const noBodyAllowed: GatewayProblem = {
  status: 400,
  code: "request.body-unexpected",
  detail: "A request to read has no body.",
}
const busy: GatewayProblem = {
  status: 503,
  code: "gateway.busy",
  detail: "The gateway has too many requests under way.",
  headers: { "retry-after": "1" },
}

/**
 * Collects whole bodies, so that a service meets a request only when all of it is there: a caller who sends slowly
 * occupies the gateway, never a connection to a service.
 */
export function bodyReader(deadlineMs: number) {
  let held = 0

  /**
   * The body, or undefined where the request has none. Throws RefusedError for one that is over `limit` bytes, slower
   * than the deadline or not allowed; the rest of it is not kept. What is returned counts as held until the answer is
   * out.
   */
  async function read(request: IncomingMessage, response: ServerResponse, limit: number) {
    const declared = Number(request.headers["content-length"] ?? 0)
    const isChunked = request.headers["transfer-encoding"] !== undefined
    if (declared === 0 && !isChunked) return undefined
    if (request.method === "GET" || request.method === "HEAD") throw new RefusedError(noBodyAllowed)
    if (declared > limit) throw new RefusedError(tooLarge(limit))
    if (request.headers.expect !== undefined) response.writeContinue()
    return await collect(request, response, limit)
  }

  function collect(request: IncomingMessage, response: ServerResponse, limit: number): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      // One growing buffer: a body of a million chunks of one byte must not cost a million objects.
      let buffer = Buffer.alloc(0)
      let length = 0
      const resize = (bytes: number) => {
        const larger = Buffer.allocUnsafeSlow(bytes)
        buffer.copy(larger, 0, 0, length)
        held += bytes - buffer.length
        buffer = larger
      }
      const release = () => {
        length = 0
        resize(0)
      }
      const giveUp = (reason: Error) => {
        clearTimeout(timer)
        request.off("data", take)
        release()
        reject(reason)
      }
      const take = (chunk: Buffer) => {
        const needed = length + chunk.length
        if (needed > limit) return giveUp(new RefusedError(tooLarge(limit)))
        if (needed > buffer.length) {
          const bytes = Math.max(needed, Math.min(2 * buffer.length, limit))
          if (held - buffer.length + bytes > HELD_BYTES) return giveUp(new RefusedError(busy))
          resize(bytes)
        }
        chunk.copy(buffer, length)
        length = needed
      }
      const timer = setTimeout(() => giveUp(new RefusedError(tooSlow(deadlineMs))), deadlineMs)
      request.on("data", take)
      request.once("error", giveUp)
      request.once("end", () => {
        clearTimeout(timer)
        resolve(buffer.subarray(0, length))
      })
      response.once("close", release)
    })
  }

  return read
}
