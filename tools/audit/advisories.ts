import { type Accepted, acceptedOn } from "./lock.ts"

/** The part that is read of `npm audit --json` (report version 2). */
export type AuditReport = {
  readonly vulnerabilities: Readonly<
    Record<
      string,
      {
        readonly via: readonly (
          | string
          | {
              readonly url: string
              readonly title: string
              readonly severity: string
              readonly range: string
            }
        )[]
      }
    >
  >
}

/** Known vulnerabilities of installed packages that nobody has accepted, one line each, in the order of their packages. */
export function advisoryFindings(
  report: AuditReport,
  accepted: readonly Accepted[],
  today: string,
): string[] {
  const known = acceptedOn(accepted, "advisory", today)
  return Object.entries(report.vulnerabilities).flatMap(([name, { via }]) =>
    via.flatMap((advisory) => {
      // A text names the package that it comes from, which has an entry of its own.
      if (typeof advisory === "string") return []
      const id = advisory.url.slice(advisory.url.lastIndexOf("/") + 1)
      return known.has(id)
        ? []
        : [`${name} ${advisory.range}: ${advisory.title} (${advisory.severity}, ${id})`]
    }),
  )
}
