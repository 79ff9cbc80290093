import { expect, it } from "vitest"
import { parseSource } from "./source.ts"
import { trivyIgnoreProblems } from "./trivy-ignore.ts"

const today = Date.parse("2026-01-01")
const problems = (...entries: string[]) =>
  trivyIgnoreProblems(parseSource("/", "ignore.yaml", `vulnerabilities: [${entries}]\n`), today)

it("lets pass what has a reason and an end, and what has ended", () => {
  expect(problems()).toEqual([])
  expect(problems("{ id: CVE-1, statement: no perl, expired_at: 2026-04-01 }")).toEqual([])
  expect(problems("{ id: CVE-1, statement: no perl, expired_at: 2025-12-01 }")).toEqual([])
})

it.each([
  ["{ statement: no perl, expired_at: 2026-04-01 }", "id is missing"],
  ["{ id: CVE-1, expired_at: 2026-04-01 }", "statement is missing"],
  ["{ id: CVE-1, statement: no perl }", "expired_at is missing or more than 90 days ahead"],
  [
    "{ id: CVE-1, statement: no perl, expired_at: 2026-04-02 }",
    "expired_at is missing or more than 90 days ahead",
  ],
])("finds %s", (entry, message) => {
  expect(problems(entry)).toEqual([`ignore.yaml:1: ${message}`])
})
