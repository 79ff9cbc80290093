import { mkdir, readFile, rename, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { type CryptoKey, calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type JWK } from "jose"

/** As Entra ID signs. */
export const ALGORITHM = "RS256"

/** The key pair of the issuer. */
export interface SigningKey {
  kid: string
  privateKey: CryptoKey
  /** The public half as the JWKS shows it. */
  publicJwk: JWK
}

async function fromJwk(jwk: JWK): Promise<SigningKey> {
  const { kty, n, e } = jwk
  if (kty !== "RSA" || n === undefined || e === undefined)
    throw new Error("the signing key is not an RSA key")
  const kid = await calculateJwkThumbprint({ kty, n, e })
  const privateKey = (await importJWK(jwk, ALGORITHM)) as CryptoKey
  return { kid, privateKey, publicJwk: { kty, n, e, kid, alg: ALGORITHM, use: "sig" } }
}

/**
 * Reads the signing key of a data directory, or makes it at the first start. It stays the same over restarts, so
 * that tokens and cached key sets stay good.
 */
export async function openSigningKey(directory: string): Promise<SigningKey> {
  const file = join(directory, "signing-key.json")
  try {
    return await fromJwk(JSON.parse(await readFile(file, "utf8")))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error
  }
  const { privateKey } = await generateKeyPair(ALGORITHM, { modulusLength: 2048, extractable: true })
  const jwk = await exportJWK(privateKey)
  await mkdir(directory, { recursive: true })
  await writeFile(`${file}.new`, JSON.stringify(jwk), { mode: 0o600 })
  await rename(`${file}.new`, file)
  return fromJwk(jwk)
}
