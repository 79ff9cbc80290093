import { createPrivateKey, createPublicKey, type KeyObject } from "node:crypto"
import canonicalize from "canonicalize"
import { CompactSign } from "jose"
import * as z from "zod"

/** Private keys by version. The first one signs; whoever verifies may meet any of them. */
export type SigningKeys = {
  readonly current: string
  /** Key objects: printing one shows no key material. */
  readonly byVersion: ReadonlyMap<string, KeyObject>
}

const ONE_KEY = /^([\w.-]{1,64}):([A-Za-z0-9+/]+={0,2})$/

function readKey(base64: string): KeyObject | undefined {
  try {
    const key = createPrivateKey({ key: Buffer.from(base64, "base64"), format: "der", type: "pkcs8" })
    return key.asymmetricKeyDetails?.namedCurve === "prime256v1" ? key : undefined
  } catch {
    return undefined
  }
}

/**
 * Reads signing keys from a setting: one or more `version:key` separated by blanks, a key being a P-256 key as PKCS #8 in
 * base64. To rotate, put a new one in front and keep the others: what they signed is still to be verified.
 */
export const signingKeys = z.string().transform((text, context): SigningKeys => {
  const byVersion = new Map<string, KeyObject>()
  const parts = text.trim().split(/\s+/)
  for (const part of parts) {
    const [, version, base64] = ONE_KEY.exec(part) ?? []
    const key = base64 === undefined ? undefined : readKey(base64)
    if (version && key) byVersion.set(version, key)
  }
  const [current] = byVersion.keys()
  if (current !== undefined && byVersion.size === parts.length) return { current, byVersion }
  context.issues.push({
    code: "custom",
    message:
      "Must be one or more version:key, each with a version of its own and a P-256 key (PKCS #8) in base64",
    // Never the value.
    input: undefined,
  })
  return z.NEVER
})

/** The public halves as a JWK Set (RFC 7517): what others verify with. */
export const JwkSet = z.object({
  keys: z.array(
    z.object({
      kty: z.literal("EC"),
      crv: z.literal("P-256"),
      x: z.string(),
      y: z.string(),
      kid: z.string(),
      alg: z.literal("ES256"),
      use: z.literal("sig"),
    }),
  ),
})
export type JwkSet = z.infer<typeof JwkSet>

export const publicKeysOf = ({ byVersion }: SigningKeys): JwkSet => ({
  keys: [...byVersion].map(([kid, key]) => {
    const { x = "", y = "" } = createPublicKey(key).export({ format: "jwk" })
    return { kty: "EC", crv: "P-256", x, y, kid, alg: "ES256", use: "sig" }
  }),
})

/**
 * Signs a value as compact JWS (RFC 7515): its payload is the value's canonical JSON (RFC 8785).
 * @param type says what it is, so that nobody takes it for something else
 */
export async function signJson(
  { current, byVersion }: SigningKeys,
  type: string,
  value: object,
): Promise<string> {
  const payload = new TextEncoder().encode(canonicalize(value))
  return await new CompactSign(payload)
    .setProtectedHeader({ alg: "ES256", kid: current, typ: type })
    .sign(byVersion.get(current) as KeyObject)
}
