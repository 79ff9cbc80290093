import { said, textIn } from "../../../parts/addresses.ts"

export const contexts = ["catalog", "basket", "discount", "ordering"] as const
export type Context = (typeof contexts)[number]

/** The role that reads a context's trail. */
export const roleOf: Readonly<Record<Context, string>> = {
  catalog: "catalog.write",
  basket: "basket.write",
  discount: "discount.write",
  ordering: "orders.manage",
}

/** What the address of the trail says. */
export type AuditSearch = {
  /** Contexts with commas between them; absent: all. */
  readonly in?: string
  readonly subject?: string
  readonly action?: string
  readonly by?: string
  readonly since?: string
  readonly until?: string
}

const instantIn = (value: unknown): string | undefined => {
  const written = textIn(value) ?? ""
  return Number.isNaN(Date.parse(written)) ? undefined : new Date(written).toISOString()
}

/** Reads an address that anybody may have written; what it does not understand it leaves out. */
export const auditSearch = (search: Record<string, unknown>): AuditSearch =>
  said({
    in: writeContexts(contextsIn(textIn(search.in))),
    subject: textIn(search.subject)?.slice(0, 200),
    action: textIn(search.action)
      ?.toLowerCase()
      .replace(/[^a-z0-9.-]/g, "")
      .slice(0, 100),
    by: textIn(search.by)?.slice(0, 200),
    since: instantIn(search.since),
    until: instantIn(search.until),
  })

/** The contexts that are named; all of them where none is. */
export function contextsIn(written: string | undefined): readonly Context[] {
  const named = contexts.filter((context) => written?.split(",").includes(context))
  return named.length === 0 ? contexts : named
}

/** As an address says them; nothing for all. */
export const writeContexts = (some: readonly Context[]): string | undefined =>
  some.length === contexts.length ? undefined : some.join(",")
