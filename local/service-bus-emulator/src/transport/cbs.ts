import { notAllowed } from "../broker/errors.ts"
import type { Message } from "./amqp.ts"
import type { Reply, RequestNode } from "./request-link.ts"
import type { Claims } from "./shared-access.ts"

/** The node of claims-based security: clients put their tokens here before they attach to an entity. */
export class CbsNode implements RequestNode {
  readonly keys = { status: "status-code", description: "status-description", condition: "error-condition" }
  readonly #claims: Claims

  constructor(claims: Claims) {
    this.#claims = claims
  }

  handle(request: Message): Reply {
    const { operation, name } = request.application_properties ?? {}
    if (operation !== "put-token") throw notAllowed(`$cbs knows put-token only, not '${operation}'.`)
    this.#claims.put(String(request.body), String(name ?? ""), Date.now())
    return { status: 202 }
  }
}
