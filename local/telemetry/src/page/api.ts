/** An answer of the API. Throws an error with its own words when it is none. */
export async function read<Answer>(
  path: string,
  query = new URLSearchParams(),
  signal?: AbortSignal,
): Promise<Answer> {
  const search = query.size === 0 ? "" : `?${query}`
  const response = await fetch(`api/${path}${search}`, { signal: signal ?? null })
  const body = await response.json()
  if (!response.ok) throw new Error(body.detail)
  return body as Answer
}

/** A part of the page that an address shows. */
export interface View {
  /** Where it is drawn. */
  readonly main: HTMLElement
  /** What follows the view's name in the address. */
  readonly item: string
  readonly query: URLSearchParams
  /** Aborted when another view is shown. */
  readonly signal: AbortSignal
  setTitle(title: string): void
}

/** The address of a view; members that are empty are left out. */
export function addressOf(name: string, query: Readonly<Record<string, string>> = {}): string {
  const search = new URLSearchParams(Object.entries(query).filter(([, value]) => value !== ""))
  return `#/${name}${search.size === 0 ? "" : `?${search}`}`
}

export const traceAddress = (traceId: string, span?: string): string =>
  addressOf(`traces/${encodeURIComponent(traceId)}`, { span: span ?? "" })

export const aboutAddress = (id: string): string => addressOf(`about/${encodeURIComponent(id)}`)
