/** A parameter that cannot be read; the message is for the caller. */
export class QueryError extends Error {}

/** The number of a parameter, or the given one where it is left out. Throws QueryError for what is none, or beyond. */
export function readNumber(query: URLSearchParams, name: string, otherwise: number, most = Infinity): number {
  const text = query.get(name)
  if (text === null || text === "") return otherwise
  const number = Number(text)
  if (!/^\d{1,15}(\.\d{1,6})?$/.test(text) || number > most) {
    throw new QueryError(`${name} takes a number${most === Infinity ? "" : ` up to ${most}`}`)
  }
  return number
}

/** The text of a parameter without blanks around it, empty where it is left out. */
export const readText = (query: URLSearchParams, name: string): string => query.get(name)?.trim() ?? ""

/** A parameter that takes one of some words. Throws QueryError for another one. */
export function readWord<const Word extends string>(
  query: URLSearchParams,
  name: string,
  words: readonly Word[],
  otherwise: Word,
): Word {
  const text = readText(query, name) || otherwise
  const word = words.find((candidate) => candidate === text)
  if (word === undefined) throw new QueryError(`${name} takes one of ${words.join(", ")}`)
  return word
}
