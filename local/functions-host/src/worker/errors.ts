/** Errors of the worker itself; `isAzureFunctionsSystemError` tells them from errors of user code. */
export class SystemError extends Error {
  readonly isAzureFunctionsSystemError = true
}

export class SystemRangeError extends RangeError {
  readonly isAzureFunctionsSystemError = true
}

export class ReadOnlyError extends TypeError {
  readonly isAzureFunctionsSystemError = true
  constructor(property: string) {
    super(`Cannot assign to read only property '${property}'`)
  }
}

/** Anything can be thrown in JavaScript: gives an Error with the message that the real worker shows. */
export function toError(thrown: unknown): Error {
  if (thrown instanceof Error) return thrown
  // An error of another realm (vm context) is no instance of this realm's Error but has its members.
  if (typeof thrown === "object" && thrown !== null && "message" in thrown && "stack" in thrown) {
    return Object.assign(new Error(String(thrown.message)), { stack: String(thrown.stack) })
  }
  if (thrown === undefined || thrown === null) return new Error("Unknown error")
  if (typeof thrown === "string") return new Error(thrown)
  return new Error(typeof thrown === "object" ? JSON.stringify(thrown) : String(thrown))
}
