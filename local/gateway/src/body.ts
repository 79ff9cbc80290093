import type { IncomingMessage, ServerResponse } from "node:http"
import { type GatewayProblem, RefusedError } from "./problem.ts"

/** Bytes of bodies that the gateway holds at any time, over all callers. */
const HELD_BYTES = 64 * 1_048_576
/** Each piece of a body costs about a microsecond, however small it is: a body of single bytes is work, not content. */
const MAX_SMALL_PIECES = 10_000
const SMALL_PIECE_BYTES = 64

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
const tooManyPieces: GatewayProblem = {
  status: 413,
  code: "request.too-many-pieces",
  detail: "The body comes in too many small chunks.",
}
const busy: GatewayProblem = {
  status: 503,
  code: "gateway.busy",
  detail: "The gateway has too many requests under way.",
  headers: { "retry-after": "1" },
}

/** True for a request that announces content (RFC 9112, section 6). */
export const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0

/** Counts the pieces of a body; says of each whether they are too many for what they carry. */
function pieceCounter(atMost: number): (chunk: Buffer) => boolean {
  let pieces = 0
  let length = 0
  return (chunk) => {
    pieces += 1
    length += chunk.length
    return pieces > atMost && length < pieces * SMALL_PIECE_BYTES
  }
}

/**
 * Keeps what nobody reads of a body from being stored, from the first piece on, and breaks the connection where even
 * that is too much work.
 */
export function discardUnread(request: IncomingMessage): void {
  const isTooMuch = pieceCounter(2 * MAX_SMALL_PIECES)
  request.on("data", (chunk: Buffer) => {
    if (isTooMuch(chunk)) request.socket.destroy()
  })
}

/**
 * Collects whole bodies, so that a service meets a request only when all of it is there: a caller who sends slowly
 * occupies the gateway, never a connection to a service.
 */
export function bodyReader(deadlineMs: number) {
  let held = 0

  /**
   * The body, or undefined where the request has none. It must be asked for before anything of it has come. Throws RefusedError for a body that is over `limit` bytes, slower than the deadline or in too many
   * pieces; the rest of it is not kept. What is returned counts as held until the answer is out.
   */
  return async (
    request: IncomingMessage,
    response: ServerResponse,
    limit: number,
  ): Promise<Buffer | undefined> => {
    if (!hasBody(request)) return undefined
    if (Number(request.headers["content-length"] ?? 0) > limit) throw new RefusedError(tooLarge(limit))
    if (request.headers.expect !== undefined) response.writeContinue()
    return collect(request, response, limit)
  }

  function collect(request: IncomingMessage, response: ServerResponse, limit: number): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      const isTooMuch = pieceCounter(MAX_SMALL_PIECES)
      // One growing buffer: a body of many chunks of one byte must not cost as many objects.
      let buffer = Buffer.alloc(0)
      let length = 0
      const resize = (bytes: number) => {
        const larger = Buffer.allocUnsafeSlow(bytes)
        buffer.copy(larger, 0, 0, length)
        held += bytes - buffer.length
        buffer = larger
      }
      const stop = () => {
        clearTimeout(timer)
        request.off("data", take)
        length = 0
        resize(0)
      }
      const refuse = (problem: GatewayProblem) => {
        stop()
        reject(new RefusedError(problem))
      }
      const take = (chunk: Buffer) => {
        const needed = length + chunk.length
        if (needed > limit) return refuse(tooLarge(limit))
        if (isTooMuch(chunk)) return refuse(tooManyPieces)
        if (needed > buffer.length) {
          const bytes = Math.max(needed, Math.min(2 * buffer.length, limit))
          if (held - buffer.length + bytes > HELD_BYTES) return refuse(busy)
          resize(bytes)
        }
        chunk.copy(buffer, length)
        length = needed
      }
      const timer = setTimeout(() => refuse(tooSlow(deadlineMs)), deadlineMs)
      request.on("data", take)
      request.once("error", reject)
      request.once("end", () => {
        clearTimeout(timer)
        resolve(buffer.subarray(0, length))
      })
      response.once("close", stop)
    })
  }
}
