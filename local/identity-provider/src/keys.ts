import { mkdir, readFile, rename, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { type CryptoKey, calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type JWK } from "jose"

/** As Entra ID signs. */
export const ALGORITHM = "RS256"

/** So long a token counts. */
export const TOKEN_LIFETIME_SECONDS = 3_600

/** A key that no longer signs is published until every token that it signed has expired, skewed clocks included. */
const PUBLISHED_AFTER_MS = (TOKEN_LIFETIME_SECONDS + 300) * 1_000

/** A key pair of the issuer. */
export interface SigningKey {
  kid: string
  privateKey: CryptoKey
  /** The public half as the JWKS shows it. */
  publicJwk: JWK
}

/** The issuer's keys. */
export interface KeyRing {
  /** The key that signs. */
  current(): SigningKey
  /** The public halves that a JWKS lists: the current one first. */
  published(): JWK[]
  /**
   * Signs with a new key from now on.
   * @param forget whether the old ones are no longer published, as after one was stolen
   */
  rotate(forget: boolean): Promise<SigningKey>
}

/** A key as the file keeps it. */
interface KeptKey {
  jwk: JWK
  /** When another one took over, in milliseconds since 1970. */
  retired?: number
}

async function fromJwk(jwk: JWK): Promise<SigningKey> {
  const { kty, n, e } = jwk
  if (kty !== "RSA" || n === undefined || e === undefined)
    throw new Error("the signing key is not an RSA key")
  const kid = await calculateJwkThumbprint({ kty, n, e })
  const privateKey = (await importJWK(jwk, ALGORITHM)) as CryptoKey
  return { kid, privateKey, publicJwk: { kty, n, e, kid, alg: ALGORITHM, use: "sig" } }
}

async function newKey(): Promise<KeptKey> {
  const { privateKey } = await generateKeyPair(ALGORITHM, { modulusLength: 2048, extractable: true })
  return { jwk: await exportJWK(privateKey) }
}

const open = async ({ jwk, retired }: KeptKey) => ({ jwk, retired, key: await fromJwk(jwk) })

/**
 * Reads the signing keys of a data directory, or makes the first one. They stay the same over restarts, so that tokens
 * and cached key sets stay good.
 * @param now milliseconds since 1970
 */
export async function openKeyRing(directory: string, now: () => number): Promise<KeyRing> {
  const file = join(directory, "signing-keys.json")
  await mkdir(directory, { recursive: true })
  const kept = await read(file)
  let keys = await Promise.all((kept ?? [await newKey()]).map(open))
  if (!kept) await save()

  async function save(): Promise<void> {
    const content = keys.map(({ jwk, retired }) => ({ jwk, ...(retired !== undefined && { retired }) }))
    await writeFile(`${file}.new`, JSON.stringify(content), { mode: 0o600 })
    await rename(`${file}.new`, file)
  }
  const isPublished = ({ retired }: { retired: number | undefined }) =>
    retired === undefined || retired + PUBLISHED_AFTER_MS > now()
  const current = () => (keys[0] as (typeof keys)[number]).key

  return {
    current,
    published: () => keys.filter(isPublished).map(({ key }) => key.publicJwk),
    async rotate(forget) {
      const made = await open(await newKey())
      const old = forget ? [] : keys.map((key) => ({ ...key, retired: key.retired ?? now() }))
      keys = [made, ...old.filter(isPublished)]
      await save()
      return current()
    },
  }
}

async function read(file: string): Promise<KeptKey[] | undefined> {
  try {
    return JSON.parse(await readFile(file, "utf8"))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined
    throw error
  }
}
