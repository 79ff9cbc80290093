import { createHmac, timingSafeEqual } from "node:crypto"
import { BrokerError } from "../broker/errors.ts"

/** The key name of the development connection string, as in Microsoft's emulator. */
export const SHARED_ACCESS_KEY_NAME = "RootManageSharedAccessKey"
/** The fixed development key, as in Microsoft's emulator. It is no secret. */
export const DEVELOPMENT_SHARED_ACCESS_KEY = "SAS_KEY_VALUE"

const unauthorized = (message: string) => new BrokerError("amqp:unauthorized-access", message)

/** What a connection may do: the resources it has shown a valid token for, and until when. */
export class Claims {
  readonly #key: string
  /** Resource path to end of validity in milliseconds since the epoch. */
  readonly #granted = new Map<string, number>()

  constructor(key: string) {
    this.#key = key
  }

  /**
   * Checks a shared access signature and remembers what it grants.
   * @param token `SharedAccessSignature sr=…&sig=…&se=…&skn=…`
   * @param audience the resource that the client asks to use; it must lie within the token's `sr`
   */
  put(token: string, audience: string, now: number): void {
    const [scheme, query] = token.split(" ", 2)
    const fields = new URLSearchParams(query)
    const resource = fields.get("sr")
    const signature = fields.get("sig")
    const expiry = fields.get("se")
    if (scheme !== "SharedAccessSignature" || resource === null || signature === null || expiry === null) {
      throw unauthorized("The token is not a shared access signature.")
    }
    if (fields.get("skn") !== SHARED_ACCESS_KEY_NAME) {
      throw unauthorized(`The key name must be ${SHARED_ACCESS_KEY_NAME}.`)
    }
    // The signature covers the resource exactly as it stands in the token, percent-encoded.
    const signedResource = /(?:^|&)sr=([^&]*)/.exec(query ?? "")?.[1] ?? ""
    const expected = createHmac("sha256", this.#key).update(`${signedResource}\n${expiry}`).digest()
    const given = Buffer.from(signature, "base64")
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
      throw unauthorized("The token's signature is invalid: the shared access key is wrong.")
    }
    const until = Number(expiry) * 1000
    if (!(until > now)) throw unauthorized("The token has expired.")
    const path = resourcePath(resource)
    if (!within(resourcePath(audience), path)) throw unauthorized("The token is for another resource.")
    this.#granted.set(resourcePath(audience), until)
  }

  /** Throws unless a token that is still valid covers the address. */
  require(address: string, now: number): void {
    const path = resourcePath(address)
    for (const [granted, until] of this.#granted) if (until > now && within(path, granted)) return
    throw unauthorized(`Unauthorized access: no valid token was put for '${address}'.`)
  }
}

const within = (path: string, parent: string) =>
  parent === "" || path === parent || path.startsWith(`${parent}/`)

function resourcePath(uri: string): string {
  return uri
    .replace(/^[a-z]+:\/\/[^/]*/i, "")
    .replace(/^\/+|\/+$/g, "")
    .toLowerCase()
}
