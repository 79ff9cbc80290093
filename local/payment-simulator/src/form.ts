import { invalid } from "./stripe-error.ts"

/** Limits of Stripe's metadata (https://docs.stripe.com/api/metadata). */
const MAX_METADATA_KEYS = 50
const MAX_METADATA_KEY = 40
const MAX_METADATA_VALUE = 500
/** Largest amount of a charge, in minor units. */
const MAX_AMOUNT = 99_999_999
/** Entries of a list (https://docs.stripe.com/api/pagination). */
const DEFAULT_PAGE = 10
const MAX_PAGE = 100
const MAX_TEXTS = 20

/** Form-encoded parameters in Stripe's notation (`metadata[order_id]=…`), read with checks. */
export class Form {
  readonly #values = new Map<string, string[]>()
  readonly metadata: Record<string, string> = {}

  /** Throws a Stripe error for parameters outside `allowed`. */
  constructor(encoded: string, allowed: readonly string[]) {
    for (const [name, value] of new URLSearchParams(encoded)) {
      const key = /^metadata\[([^\]]+)\]$/.exec(name)?.[1]
      // An entry of a list comes with its index or without.
      const parameter = name.replace(/\[\d+\]$/, "[]")
      if (key !== undefined && allowed.includes("metadata")) this.#setMetadata(key, value)
      else if (allowed.includes(parameter))
        this.#values.set(parameter, [...(this.#values.get(parameter) ?? []), value])
      else throw invalid(`Received unknown parameter: ${name}`, name, "parameter_unknown")
    }
    if (Object.keys(this.metadata).length > MAX_METADATA_KEYS) {
      throw invalid(`Metadata can have at most ${MAX_METADATA_KEYS} keys.`, "metadata")
    }
  }

  /** The value, or undefined where it is absent or empty. */
  text(name: string): string | undefined {
    return this.#values.get(name)?.at(-1) || undefined
  }

  /** The entries of a list of up to 20, or undefined where it is absent. */
  texts(name: string): string[] | undefined {
    const values = this.#values.get(name)
    if (values && values.length > MAX_TEXTS)
      throw invalid(`Array cannot have more than ${MAX_TEXTS} entries.`, name)
    return values
  }

  /** The value; throws a Stripe error where it is absent. */
  required(name: string): string {
    const value = this.text(name)
    if (value === undefined) throw invalid(`Missing required param: ${name}.`, name, "parameter_missing")
    return value
  }

  flag(name: string): boolean {
    const value = this.text(name)
    if (value !== undefined && value !== "true" && value !== "false") {
      throw invalid(`Invalid boolean: ${value}`, name)
    }
    return value === "true"
  }

  /** A positive number of minor units, or undefined where it is absent. */
  amount(name: string): number | undefined {
    const value = this.text(name)
    if (value === undefined) return undefined
    if (!/^-?\d+$/.test(value)) throw invalid(`Invalid integer: ${value}`, name, "parameter_invalid_integer")
    const amount = Number(value)
    if (amount < 1)
      throw invalid("This value must be greater than or equal to 1.", name, "parameter_invalid_integer")
    if (amount > MAX_AMOUNT)
      throw invalid(`Amount must be no more than ${MAX_AMOUNT}.`, name, "amount_too_large")
    return amount
  }

  /** A moment in seconds since 1970, or undefined where it is absent. */
  time(name: string): number | undefined {
    const value = this.text(name)
    if (value === undefined) return undefined
    if (!/^\d{1,12}$/.test(value))
      throw invalid(`Invalid integer: ${value}`, name, "parameter_invalid_integer")
    return Number(value)
  }

  /** An http or https URL, or undefined where it is absent. */
  url(name: string): string | undefined {
    const value = this.text(name)
    if (value === undefined) return undefined
    if (!/^https?:\/\//i.test(value) || !URL.canParse(value))
      throw invalid("Not a valid URL", name, "url_invalid")
    return value
  }

  /** How many entries of a list are wanted: 10 unless it says so, 100 at the most. */
  pageSize(): number {
    const limit = this.amount("limit") ?? DEFAULT_PAGE
    if (limit <= MAX_PAGE) return limit
    const message = `This value must be less than or equal to ${MAX_PAGE}.`
    throw invalid(message, "limit", "parameter_invalid_integer")
  }

  oneOf<T extends string>(name: string, choices: readonly T[]): T | undefined {
    const value = this.text(name)
    if (value === undefined) return undefined
    const choice = choices.find((candidate) => candidate === value)
    if (choice === undefined) throw invalid(`Invalid ${name}: must be one of ${choices.join(", ")}`, name)
    return choice
  }

  #setMetadata(key: string, value: string): void {
    if (key.length > MAX_METADATA_KEY) throw invalid("Metadata key is too long.", `metadata[${key}]`)
    if (value.length > MAX_METADATA_VALUE) throw invalid("Metadata value is too long.", `metadata[${key}]`)
    this.metadata[key] = value
  }
}
