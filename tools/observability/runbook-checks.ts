import { kqlProblems } from "./kql-problems.ts"
import { knownSeries } from "./metrics.ts"
import { Query } from "./promql.ts"

/** What a runbook may name. */
export type Existing = {
  /** `GET /ordering/operations/sagas`. */
  readonly routes: ReadonlySet<string>
  readonly scripts: ReadonlySet<string>
  readonly dashboards: ReadonlySet<string>
  /** Whether a linked page has the heading; no heading is asked for without `#`. */
  readonly hasPage: (path: string, anchor: string | undefined) => boolean
}

/** Headings that every runbook has, in this order. */
export const headings = [
  "What it means",
  "What the customer feels",
  "How to look",
  "How to mend",
  "When to escalate",
] as const

const each = (text: string, pattern: RegExp): string[] =>
  [...text.matchAll(pattern)].map(([, found = ""]) => found)

/** GitHub's anchor of a heading. */
export const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, "")
    .replaceAll(" ", "-")

function routeProblems(text: string, { routes }: Existing): string[] {
  return each(text, /`((?:GET|POST|PUT|PATCH|DELETE) \/[^`\s]*)`/g)
    .flatMap((route) =>
      route.includes("<app>")
        ? ["basket", "catalog", "discount", "ordering"].map((app) => route.replace("<app>", app))
        : [route],
    )
    .filter((route) => !routes.has(route))
    .map((route) => `no route ${route}`)
}

/** What does not exist of all that a runbook tells its reader to open, call or run. */
export function runbookProblems(text: string, existing: Existing): string[] {
  const found = each(text, /^## (.*)$/gm)
  return [
    ...(found.join() === headings.join() ? [] : [`headings are ${found.join(", ")}`]),
    ...routeProblems(text, existing),
    ...each(text, /npm run ([\w:-]+)/g)
      .filter((script) => !existing.scripts.has(script))
      .map((script) => `no npm script ${script}`),
    ...each(text, /`(eshop-\w+)`/g)
      .filter((dashboard) => !existing.dashboards.has(dashboard))
      .map((dashboard) => `no dashboard ${dashboard}`),
    ...each(text, /\]\(([^)]+)\)/g)
      .filter((link) => !/^https:/.test(link))
      .filter((link) => {
        const [page = "", anchor] = link.split("#")
        return !existing.hasPage(page, anchor)
      })
      .map((link) => `no page ${link}`),
    ...each(text, /```kusto\n([\s\S]*?)```/g).flatMap(kqlProblems),
    ...each(text, /```promql\n([\s\S]*?)```/g).flatMap((query) => {
      const parsed = new Query(query)
      return [...parsed.syntaxErrors(), ...parsed.nameProblems(knownSeries)]
    }),
  ]
}
