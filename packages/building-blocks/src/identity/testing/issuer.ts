import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { type CryptoKey, exportJWK, generateKeyPair, SignJWT } from "jose"

type Keys = { readonly publicKey: CryptoKey; readonly privateKey: CryptoKey; readonly alg: string }
export type TokenClaims = Record<string, unknown>
type TokenOptions = {
  /** The key that the token names. */
  readonly kid?: string
  /** The key that signs; the named one unless it says otherwise. */
  readonly by?: string
  readonly header?: { readonly typ?: string | undefined }
}

/** An OpenID Connect issuer that misbehaves on request, with a clock that stands still unless it is moved. */
export async function startIssuer() {
  let time = Date.now()
  const keys = new Map<string, Keys>()
  const server = createServer(async (request, response) => {
    const url = request.url ?? ""
    state.asked.push(url)
    const status = state.statusOf[url] ?? 200
    response.writeHead(status, { "content-type": "application/json" })
    if (url !== "/jwks")
      return response.end(JSON.stringify({ issuer: state.namesIssuer ?? issuer, jwks_uri: `${issuer}/jwks` }))
    const published = [...keys].map(async ([kid, { publicKey }]) => ({
      ...(await exportJWK(publicKey)),
      kid,
    }))
    response.end(JSON.stringify({ keys: await Promise.all(published) }))
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const { port } = server.address() as AddressInfo
  const issuer = `http://127.0.0.1:${port}`

  const state = {
    issuer,
    keys,
    /** Paths that were asked for. */
    asked: [] as string[],
    /** What it answers instead of 200, by path. */
    statusOf: {} as Record<string, number>,
    namesIssuer: undefined as string | undefined,
    clock: () => time,
    /** Lets time pass, in seconds. */
    pass: (seconds: number) => {
      time += seconds * 1_000
    },
    inSeconds: (seconds: number) => Math.floor(time / 1_000) + seconds,
    async addKey(kid: string, alg = "ES256"): Promise<void> {
      keys.set(kid, { ...(await generateKeyPair(alg)), alg })
    },
    /** A token of mehmet, unless the claims say otherwise; one that is undefined is left out. */
    async token(claims: TokenClaims = {}, options: TokenOptions = {}): Promise<string> {
      const { kid = "one", by = kid } = options
      const { privateKey, alg } = keys.get(by) as Keys
      const payload = { iss: issuer, aud: "eshop", sub: "mehmet", exp: state.inSeconds(600), ...claims }
      return new SignJWT(payload)
        .setProtectedHeader({ alg, kid, typ: "JWT", ...options.header })
        .sign(privateKey)
    },
    /** Nobody listens until it is back. */
    goAway: () => {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(resolve))
    },
    comeBack: () => new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve)),
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
  await state.addKey("one")
  return state
}
export type Issuer = Awaited<ReturnType<typeof startIssuer>>
