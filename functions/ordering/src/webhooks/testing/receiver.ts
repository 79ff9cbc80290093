import { once } from "node:events"
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { Webhook } from "standardwebhooks"

/** A webhook as it came in. */
export type Received = {
  readonly headers: IncomingHttpHeaders & {
    "webhook-id": string
    "webhook-timestamp": string
    "webhook-signature": string
  }
  readonly body: string
}

/** Whether a webhook was signed with the secret. */
export function isSignedWith(secret: string, { body, headers }: Received): boolean {
  try {
    new Webhook(secret).verify(body, headers as Record<string, string>)
    return true
  } catch {
    return false
  }
}

/** A receiver of webhooks on this machine: remembers what comes, and answers 200 until it is told otherwise. */
export async function startReceiver() {
  const received: Received[] = []
  let respond = (response: ServerResponse, _: Received): void => void response.writeHead(200).end()
  const server = createServer(async (request, response) => {
    let body = ""
    for await (const chunk of request) body += chunk
    const one = { headers: request.headers, body } as Received
    received.push(one)
    respond(response, one)
  })
  await once(server.listen(0, "127.0.0.1"), "listening")
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks`,
    received,
    answerWith(answer: typeof respond) {
      respond = answer
    },
    stop() {
      server.closeAllConnections()
      server.close()
    },
  }
}
