/**
 * Renders docs/operations/access.md, the table of who may do what, from the plans of prod in both hosting targets and of
 * the bootstrap root. Called by check.ts, which fails when the file differs, or writes it with --write.
 */
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import type { Plan } from "./plan.ts"

export type AccessRow = { principal: string; role: string; scope: string; reason: string }

const file = join(import.meta.dirname, "../../docs/operations/access.md")
const key = (row: AccessRow) => [row.principal, row.role, row.scope, row.reason].join("|")

/** The rows that a plan's output `access` lists. */
export const accessRows = (plan: Plan) => (plan.planned_values.outputs?.access?.value ?? []) as AccessRow[]

function table(rows: (AccessRow & { where?: string })[]): string {
  const head = rows.some(({ where }) => where)
    ? ["Who", "Role", "On", "Why", "Hosting"]
    : ["Who", "Role", "On", "Why"]
  const line = (cells: string[]) => `| ${cells.join(" | ")} |`
  return [
    line(head),
    line(head.map(() => "---")),
    ...rows.map(({ principal, role, scope, reason, where }) =>
      line([principal, role, scope, reason, ...(where ? [where] : [])]),
    ),
  ].join("\n")
}

/** The document for these three lists of rows; the same rows always give the same text. */
export function renderAccess(flex: AccessRow[], aks: AccessRow[], bootstrap: AccessRow[]): string {
  const inFlex = new Set(flex.map(key))
  const inAks = new Set(aks.map(key))
  const all = [...new Map([...flex, ...aks].map((row) => [key(row), row])).values()]
  const merged = all
    .map((row) => ({ ...row, where: !inAks.has(key(row)) ? "flex" : !inFlex.has(key(row)) ? "aks" : "both" }))
    .sort((a, b) => (key(a) < key(b) ? -1 : 1))
  const first = [...bootstrap].sort((a, b) => (key(a) < key(b) ? -1 : 1))
  return `# Who may do what

Rendered from the Terraform plans by \`npm run infra:check -- --write\`; \`npm run infra:check\` fails when it is out of date.
A name such as \`basket\` is the app's own managed identity, in the container as on Flex Consumption. Shared keys, SAS
policies, SQL Server logins, registry users and cluster accounts are switched off. Two stores still know a password:
PostgreSQL and Redis, whose URLs Key Vault keeps until the apps log in there by token (\`credentials = "entra"\`).

## In an environment (\`infra/terraform\`)

Shown for staging: dev's pipeline has AcrPush instead of the importer's role, and nobody copies from prod. Shown with
\`ordering_stores = "sql-and-cosmos"\`; without it the rows on Cosmos DB are not there. Inside the databases,
rights are granted in SQL: see [first rollout](first-rollout.md#8-databases).

${table(merged)}

## Around it (\`infra/terraform/bootstrap\`)

The pipeline's identity is the only one with rights over a whole subscription. The condition on its second role keeps it
from granting Owner, User Access Administrator and Role Based Access Control Administrator, to itself or anybody.

${table(first)}
`
}

export const readAccess = () => readFileSync(file, "utf8")
export const writeAccess = (text: string) => writeFileSync(file, text)
