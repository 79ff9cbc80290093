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
// PostgreSQL: class 08 connection exceptions, 57P01–57P03 server going down or coming up, 53300 too many connections
const POSTGRES_OUT = /^(08...|57P0[123]|53300)$/

/** True for errors that say "the other side is not there", as Node, pg and our own clients report them. */
export function isUnavailable(error: unknown): boolean {
  if (error instanceof DependencyUnavailableError) return true
  if (error instanceof AggregateError) return error.errors.some(isUnavailable)
  if (!(error instanceof Error)) return false
  const { code } = error as { code?: unknown }
  if (typeof code === "string" && (CONNECTION_ERRORS.has(code) || POSTGRES_OUT.test(code))) return true
  // pg gives these no code
  return /Connection terminated|timeout exceeded when trying to connect|is not queryable/.test(error.message)
}

// PostgreSQL: character not in repertoire, untranslatable character
const TEXT_REFUSED = new Set(["22021", "22P05"])

/** True when PostgreSQL refused a text (U+0000) that a client had hidden inside of an encoded value, such as a cursor. */
export const isTextRefused = (error: unknown): boolean =>
  error instanceof Error && TEXT_REFUSED.has((error as { code?: string }).code ?? "")
