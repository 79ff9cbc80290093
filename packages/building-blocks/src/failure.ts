/** A dependency is out: the edge answers 503 with Retry-After instead of 500. */
export class DependencyUnavailableError extends Error {
  override readonly name = "DependencyUnavailableError"
  readonly dependency: string
  constructor(dependency: string, cause?: unknown) {
    super(`${dependency} is not available`, { cause })
    this.dependency = dependency
  }
}

const CONNECTION_ERRORS = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
  "ENOTFOUND",
  "EAI_AGAIN",
])
// PostgreSQL: connection exceptions (08), no access to the database for now (28, 3D000, 42501, 55000), out of
// resources or broken below (53, 58), going down, coming up, cancelled by a timeout (57), a standby after a failover
// (25006), overtaken by another transaction (40001, 40P01)
const POSTGRES_OUT = /^(08...|28...|3D000|42501|55000|53...|58...|57P0.|57014|25006|40001|40P01)$/

/** True for errors that say "the other side is not there", as Node, pg and our own clients report them. */
export function isUnavailable(error: unknown): boolean {
  if (error instanceof DependencyUnavailableError) return true
  if (error instanceof AggregateError) return error.errors.some(isUnavailable)
  if (!(error instanceof Error)) return false
  const { code } = error as { code?: unknown }
  if (typeof code === "string" && (CONNECTION_ERRORS.has(code) || POSTGRES_OUT.test(code))) return true
  if (error.name === "TimeoutError") return true
  // pg gives these no code
  return /Connection terminated|timeout exceeded when trying to connect|is not queryable|Query read timeout/.test(
    error.message,
  )
}

// PostgreSQL: character not in repertoire, untranslatable character
const TEXT_REFUSED = new Set(["22021", "22P05"])

/** True when PostgreSQL refused a text (U+0000) that a client had hidden inside of an encoded value, such as a cursor. */
export const isTextRefused = (error: unknown): boolean =>
  error instanceof Error && TEXT_REFUSED.has((error as { code?: string }).code ?? "")
