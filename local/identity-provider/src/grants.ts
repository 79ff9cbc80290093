import { createHash, randomBytes, randomUUID } from "node:crypto"
import { chmodSync, closeSync, existsSync, mkdirSync, openSync } from "node:fs"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import type { Shape } from "./tokens.ts"

/** How long a browser stays signed in at the provider. */
export const SESSION_SECONDS = 12 * 3_600
const CODE_SECONDS = 60
/** From the sign-in on, however often it is refreshed: as Entra ID does for single-page apps. */
export const REFRESH_SECONDS = 24 * 3_600

/** A browser that is signed in. */
export interface Session {
  id: string
  account: string
  /** Seconds since 1970. */
  authTime: number
}

/** What somebody allowed a client to do. */
export interface Grant {
  sessionId: string
  account: string
  clientId: string
  authTime: number
  /** Separated by spaces. */
  scope: string
  shape: Shape
}

/** A grant on its way to the client. */
export interface CodeGrant extends Grant {
  redirectUri: string
  /** S256 of the verifier (RFC 7636). */
  challenge: string
  nonce?: string
}

const schema = `
  CREATE TABLE IF NOT EXISTS sessions (
    id TEXT PRIMARY KEY, cookie TEXT NOT NULL UNIQUE, account TEXT NOT NULL, auth_time INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS codes (
    code TEXT PRIMARY KEY, issued INTEGER NOT NULL, used INTEGER NOT NULL DEFAULT 0, family TEXT NOT NULL,
    state TEXT NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS families (
    id TEXT PRIMARY KEY, session TEXT NOT NULL, auth_time INTEGER NOT NULL, state TEXT NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS refresh_tokens (
    token TEXT PRIMARY KEY, family TEXT NOT NULL, used INTEGER NOT NULL DEFAULT 0
  ) STRICT;
`

const secret = (): string => randomBytes(32).toString("base64url")
/** What the file keeps of a secret: it alone signs nobody in. */
const digest = (text: string): string => createHash("sha256").update(text).digest("hex")

/**
 * What outlives a restart of the provider: sessions of browsers, codes, and families of refresh tokens, which end
 * together. A family begins with a code and goes from refresh token to refresh token.
 * @param now milliseconds since 1970
 */
export function openGrants(directory: string, now: () => number) {
  const database = openDatabase(directory)
  const seconds = () => Math.floor(now() / 1_000)
  const row = <T>(sql: string, ...values: (string | number)[]) =>
    database.prepare(sql).get(...values) as T | undefined
  const run = (sql: string, ...values: (string | number)[]) => database.prepare(sql).run(...values)

  function endFamily(family: string): void {
    run("DELETE FROM families WHERE id = ?", family)
  }
  function newRefreshToken(family: string): string {
    const token = secret()
    run("INSERT INTO refresh_tokens (token, family) VALUES (?, ?)", digest(token), family)
    return token
  }
  function forgetExpired(): void {
    run("DELETE FROM sessions WHERE auth_time <= ?", seconds() - SESSION_SECONDS)
    run("DELETE FROM families WHERE auth_time <= ?", seconds() - REFRESH_SECONDS)
    run("DELETE FROM codes WHERE issued <= ?", seconds() - REFRESH_SECONDS)
    run("DELETE FROM refresh_tokens WHERE family NOT IN (SELECT id FROM families)")
  }

  return {
    /** Signs a browser in. @returns the session, and the secret of its cookie */
    beginSession(account: string): { session: Session; cookie: string } {
      forgetExpired()
      const session = { id: randomUUID(), account, authTime: seconds() }
      const cookie = secret()
      run("INSERT INTO sessions VALUES (?, ?, ?, ?)", session.id, digest(cookie), account, session.authTime)
      return { session, cookie }
    },

    /** The session of a cookie, unless it has ended. */
    session(cookie: string): Session | undefined {
      return row<Session>(
        'SELECT id, account, auth_time AS "authTime" FROM sessions WHERE cookie = ? AND auth_time > ?',
        digest(cookie),
        seconds() - SESSION_SECONDS,
      )
    },

    /** Signs out: the session ends, and every family that began in it. */
    endSession(id: string): void {
      run("DELETE FROM sessions WHERE id = ?", id)
      run("DELETE FROM families WHERE session = ?", id)
    },

    /** A code that counts once, within a minute. */
    issueCode(grant: CodeGrant): string {
      const code = secret()
      const sql = "INSERT INTO codes (code, issued, family, state) VALUES (?, ?, ?, ?)"
      run(sql, digest(code), seconds(), randomUUID(), JSON.stringify(grant))
      return code
    },

    /**
     * Takes a code; it counts no more, whatever becomes of it. One that comes again ends what it had begun
     * (RFC 6749, section 4.1.2).
     */
    takeCode(code: string): { grant: CodeGrant; family: string } | undefined {
      const found = row<{ issued: number; used: number; family: string; state: string }>(
        "SELECT issued, used, family, state FROM codes WHERE code = ?",
        digest(code),
      )
      if (!found) return undefined
      run("UPDATE codes SET used = 1 WHERE code = ?", digest(code))
      if (found.used === 1) endFamily(found.family)
      if (found.used === 1 || found.issued + CODE_SECONDS <= seconds()) return undefined
      const grant: CodeGrant = JSON.parse(found.state)
      // Whoever signed out meanwhile is signed out.
      if (!row("SELECT 1 FROM sessions WHERE id = ?", grant.sessionId)) return undefined
      return { grant, family: found.family }
    },

    /** Begins a family. @returns its first refresh token */
    beginFamily(family: string, { sessionId, account, clientId, authTime, scope, shape }: Grant): string {
      const state = JSON.stringify({ sessionId, account, clientId, authTime, scope, shape })
      run("INSERT INTO families VALUES (?, ?, ?, ?)", family, sessionId, authTime, state)
      return newRefreshToken(family)
    },

    /**
     * Exchanges a refresh token for the next one of its family. One that comes again was stolen, from us or by us: the
     * family ends (RFC 9700, section 4.14.2).
     * @param isFor whether the grant is the asking client's; another client's token stays as it is
     */
    rotate(token: string, isFor: (grant: Grant) => boolean): { grant: Grant; next: string } | undefined {
      const found = row<{ family: string; used: number; auth_time: number; state: string }>(
        `SELECT family, used, auth_time, state FROM refresh_tokens JOIN families ON families.id = family
         WHERE token = ? AND auth_time > ?`,
        digest(token),
        seconds() - REFRESH_SECONDS,
      )
      if (!found) return undefined
      const grant: Grant = JSON.parse(found.state)
      if (!isFor(grant)) return undefined
      if (found.used === 1) {
        endFamily(found.family)
        return undefined
      }
      run("UPDATE refresh_tokens SET used = 1 WHERE token = ?", digest(token))
      return { grant, next: newRefreshToken(found.family) }
    },

    close: () => database.close(),
  }
}
export type Grants = ReturnType<typeof openGrants>

/** The file, for its user's eyes only. */
function openDatabase(directory: string): DatabaseSync {
  mkdirSync(directory, { recursive: true })
  const file = join(directory, "grants.sqlite")
  closeSync(openSync(file, "a", 0o600))
  // SQLite gives the files beside it the same mode when it makes them.
  for (const name of [file, `${file}-wal`, `${file}-shm`]) if (existsSync(name)) chmodSync(name, 0o600)
  const database = new DatabaseSync(file)
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;")
  database.exec(schema)
  return database
}
