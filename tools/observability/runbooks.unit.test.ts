import { existsSync, readdirSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { beforeAll, describe, expect, test } from "vitest"
import { root } from "../apps.ts"
import { kebab, runbookOf, type Severity } from "./alerts/alert.ts"
import { burns, objectives } from "./alerts/objectives.ts"
import { alerts } from "./alerts/table.ts"
import { dashboards } from "./dashboards/all.ts"
import { kqlProblems } from "./kql-problems.ts"
import { anchorOf, type Existing, runbookProblems } from "./runbook-checks.ts"

const read = (path: string): string => readFileSync(join(root, path), "utf8")

const { routes } = JSON.parse(read("infra/gateway/routes.json")) as {
  routes: { service: string; method: string; path: string }[]
}
const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> }

const existing = (page: string): Existing => ({
  routes: new Set(routes.map(({ service, method, path }) => `${method} /${service}${path}`)),
  scripts: new Set(Object.keys(scripts)),
  dashboards: new Set(dashboards.map(({ uid }) => uid)),
  hasPage: (path, anchor) => {
    const target = join(root, dirname(page), path)
    if (!existsSync(target)) return false
    if (anchor === undefined) return true
    const found = [...readFileSync(target, "utf8").matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) =>
      anchorOf(heading),
    )
    return found.includes(anchor)
  },
})

const names = [...new Set(alerts.map(({ name }) => name))]
const severitiesOf = (name: string): Severity[] =>
  alerts.filter((alert) => alert.name === name).map(({ severity }) => severity)
const inWords = (severities: readonly Severity[]): string => {
  const text = [...severities].sort().join(" and ")
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
}

// Microsoft's parser takes seconds for its first query on a busy machine.
beforeAll(() => void kqlProblems("AppRequests"), 60_000)

describe("runbooks", () => {
  test("every alert has one, and none is without an alert", () => {
    const files = readdirSync(join(root, "docs/operations/runbooks")).filter((file) => file !== "README.md")
    expect(files.toSorted()).toEqual(names.map((name) => `${kebab(name)}.md`).toSorted())
  })

  test.each(names)("that of %s names only what exists", (name) => {
    const page = runbookOf(name)
    const text = read(page)
    expect(text.split("\n").slice(0, 3)).toEqual([`# ${name}`, "", inWords(severitiesOf(name))])
    expect(runbookProblems(text, existing(page))).toEqual([])
  })

  test("their list has each of them, with what it is about", () => {
    const list = read("docs/operations/runbooks/README.md")
    const rows = list.match(/^\| \[.*\|$/gm) ?? []
    expect(rows).toEqual(
      names.map((name) => {
        const { summary, prometheus } = alerts.find((alert) => alert.name === name) as (typeof alerts)[number]
        const where = prometheus ? "Prometheus or Azure" : "Azure"
        return `| [${name}](${kebab(name)}.md) | ${severitiesOf(name).join(", ")} | ${where} | ${summary} |`
      }),
    )
  })

  test.each([
    ["a route that is gone", "`GET /ordering/operations/saga`", "no route GET /ordering/operations/saga"],
    ["a command that is gone", "`npm run order-sagas`", "no npm script order-sagas"],
    ["a dashboard that is gone", "the dashboard `eshop-orders`", "no dashboard eshop-orders"],
    ["a page that is gone", "[here](../sagas-of-old.md)", "no page ../sagas-of-old.md"],
    ["a heading that is gone", "[here](../sagas.md#gone)", "no page ../sagas.md#gone"],
    ["a misspelt metric", "```promql\nup{} + eshop_outbox_old\n```", "unknown metric eshop_outbox_old"],
    [
      "a misspelt column",
      "```kusto\nAppRequests | where Duration > 1\n```",
      "The name 'Duration' does not refer to any known column, table, variable or function. At: Duration > 1",
    ],
  ])("%s is found", (_, mistake, problem) => {
    const page = runbookOf("AppDown")
    expect(runbookProblems(`${read(page)}\n${mistake}`, existing(page))).toEqual([problem])
  })
})

describe("docs/operations/slo.md", () => {
  const page = read("docs/operations/slo.md")
  const percent = (share: number) => `${Number((share * 100).toFixed(3))} %`
  const windows: Record<string, string> = { "1h": "an hour", "6h": "six hours", "2d": "two days" }

  test.each(objectives)(
    "tells what $name promises and when somebody is told",
    ({ name, promise, target }) => {
      const [, promised, , pages, ticket] = (
        page.split("\n").find((line) => line.startsWith(`| [${name}]`)) ?? ""
      )
        .split("|")
        .slice(1)
        .map((cell) => cell.trim())
      const limits = (severity: Severity) =>
        burns
          .filter((burn) => burn.severity === severity)
          .map(({ factor, long }) => `${percent(factor * (1 - target))} for ${windows[long]}`)
          .join(", ")
      expect([promised, pages, ticket]).toEqual([promise, limits("page"), limits("ticket")])
      expect(page).toContain(
        `\n## ${kebab(name)
          .replaceAll("-", " ")
          .replace(/^\w/, (first) => first.toUpperCase())}\n`,
      )
    },
  )
})
