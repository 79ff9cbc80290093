import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from "jose"
import * as z from "zod"
import { DependencyUnavailableError } from "../failure.ts"

const REQUEST_TIMEOUT_MS = 5_000
/** Keys are asked for again after this long, while those that are known go on counting. */
const MAX_AGE_MS = 600_000
/** So long known keys count while the issuer does not answer: nobody would hear that one was withdrawn. */
const MAX_STALE_MS = 3_600_000
/** Tokens that name unknown keys, which anybody can make, ask the issuer this often at once, and then once each interval. */
const UNKNOWN_AT_ONCE = 5
const UNKNOWN_INTERVAL_MS = 5_000
/** An issuer that did not answer is left alone for this long. */
const PAUSE_MS = 1_000

const Discovery = z.object({ issuer: z.string(), jwks_uri: z.url() })

async function readJson(url: string): Promise<unknown> {
  const response = await fetch(url, {
    headers: { accept: "application/json" },
    redirect: "error",
    signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
  })
  if (!response.ok) throw new Error(`${url} answered ${response.status}`)
  return response.json()
}

/** The keys that an issuer publishes (OpenID Connect Discovery 1.0, section 4). */
async function readKeys(issuer: string) {
  const document = await readJson(`${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`)
  const discovery = Discovery.parse(document)
  if (discovery.issuer !== issuer) throw new Error("the discovery document names another issuer")
  return createLocalJWKSet((await readJson(discovery.jwks_uri)) as JSONWebKeySet)
}

/** A bucket of tokens that fills by one each interval. @returns takes one out, where there is one */
function tokenBucket(size: number, intervalMs: number, clock: () => number): () => boolean {
  let left = size
  let since = clock()
  return () => {
    const filled = Math.max(0, Math.floor((clock() - since) / intervalMs))
    left = Math.min(size, left + filled)
    since += filled * intervalMs
    if (left === 0) return false
    left -= 1
    return true
  }
}

/**
 * The published keys of an OpenID Connect issuer, for jose: asked for when the first token comes, again when they are
 * old, and at once when a token names one that is not known, so that a key counts from its first token on; a flood of
 * such tokens asks once in five seconds. Keys that are known count while the issuer is away.
 * @param clock milliseconds since 1970
 * @returns what throws DependencyUnavailableError while no keys can be had
 */
export function issuerKeys(issuer: string, clock: () => number = Date.now): JWTVerifyGetKey {
  let known: { readonly keys: JWTVerifyGetKey; readonly since: number } | undefined
  const mayAskForUnknown = tokenBucket(UNKNOWN_AT_ONCE, UNKNOWN_INTERVAL_MS, clock)
  let failed: { readonly error: unknown; readonly at: number } | undefined
  let pending: Promise<JWTVerifyGetKey> | undefined

  async function ask(): Promise<JWTVerifyGetKey> {
    try {
      const keys = await readKeys(issuer)
      known = { keys, since: clock() }
      failed = undefined
      return keys
    } catch (error) {
      failed = { error, at: clock() }
      throw new DependencyUnavailableError("identity", error)
    }
  }
  function load(): Promise<JWTVerifyGetKey> {
    if (failed && clock() - failed.at < PAUSE_MS)
      return Promise.reject(new DependencyUnavailableError("identity", failed.error))
    pending ??= ask().finally(() => {
      pending = undefined
    })
    return pending
  }
  function current(): JWTVerifyGetKey | Promise<JWTVerifyGetKey> {
    const age = known ? clock() - known.since : Number.POSITIVE_INFINITY
    if (!known || age > MAX_STALE_MS) return load()
    // Nobody waits for it; whether it worked shows at the next token.
    if (age > MAX_AGE_MS) load().catch(() => undefined)
    return known.keys
  }

  return async (header, token) => {
    const keys = await current()
    try {
      return await keys(header, token)
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error
      // Who waits for keys that are on their way asks nobody.
      if (!pending && !mayAskForUnknown()) throw error
      return await (await load())(header, token)
    }
  }
}
