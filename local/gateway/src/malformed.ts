import { type Server, STATUS_CODES } from "node:http"
import type { Socket } from "node:net"
import type { Duplex } from "node:stream"
import { type GatewayProblem, problemMessage } from "./problem.ts"
import { traceparentOf } from "./trace.ts"

/** What Node's parser says of bytes that are no request, as it would answer itself with an empty body. */
function problemOf(code: string | undefined): GatewayProblem {
  switch (code) {
    case "HPE_HEADER_OVERFLOW":
      return { status: 431, code: "request.headers-too-large", detail: "The header fields are too large." }
    case "HPE_CHUNK_EXTENSIONS_OVERFLOW":
      return { status: 413, code: "request.too-large", detail: "The chunk extensions are too large." }
    case "ERR_HTTP_REQUEST_TIMEOUT":
      return { status: 408, code: "request.timeout", detail: "The request did not arrive in time." }
    default:
      return { status: 400, code: "request.malformed", detail: "This is not an HTTP request." }
  }
}

/**
 * Answers what cannot be read as a request with a problem, then closes the connection.
 * @param always headers of every answer
 * @param isAnswering true while an answer is being written on the connection: nothing may come between
 */
export function answerMalformed(
  server: Server,
  always: Record<string, string>,
  isAnswering: (socket: Socket) => boolean,
): void {
  const answer = (socket: Duplex, problem: GatewayProblem) => {
    const { headers, body } = problemMessage(problem, { traceparent: traceparentOf(undefined) })
    const lines = Object.entries({ ...always, ...headers, connection: "close" }).map(
      ([name, value]) => `${name}: ${value}`,
    )
    const status = `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}`
    socket.end([status, ...lines, "", body].join("\r\n"), () => socket.destroy())
  }
  server.on("clientError", (error: NodeJS.ErrnoException, socket: Socket) => {
    if (!socket.writable || isAnswering(socket)) socket.destroy()
    else answer(socket, problemOf(error.code))
  })
  // Node would close the connection without a word.
  server.on("connect", (_, socket: Duplex) => {
    socket.on("error", () => undefined)
    answer(socket, { status: 400, code: "request.malformed", detail: "This is no proxy." })
  })
}
