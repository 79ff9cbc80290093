import { readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, test } from "vitest"
import { root } from "../apps.ts"
import { accepted } from "./accepted.ts"
import { advisoryFindings } from "./advisories.ts"
import { type Accepted, isAllowed, type Lock, lockFindings, looseVersions, staleAcceptances } from "./lock.ts"

const TODAY = "2026-11-26"
const sound = { version: "1.0.0", license: "MIT", integrity: "sha512-abc" }
const lockOf = (more: object, name = "node_modules/left-pad"): Lock => ({
  packages: { "": {}, "packages/domain": { version: "0.1.0" }, [name]: { ...sound, ...more } },
})

test("what is installed has nothing that is not accepted", () => {
  const lock = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")) as Lock
  expect(lockFindings(lock, accepted, TODAY)).toEqual([])
  expect(staleAcceptances(lock, accepted, TODAY)).toEqual([])
})

describe("a package is found", () => {
  test.each<[object, string]>([
    [{ license: "GPL-3.0-only" }, "has the licence GPL-3.0-only"],
    [{ license: undefined }, "has the licence of nobody knows"],
    [{ license: "MIT AND AGPL-3.0-only" }, "has the licence MIT AND AGPL-3.0-only"],
    [{ hasInstallScript: true }, "runs a script when it is installed"],
    [{ deprecated: "use padStart" }, "is deprecated: use padStart"],
    [{ integrity: undefined }, "has no checksum"],
    [{ integrity: "sha1-abc" }, "has no checksum"],
  ])("%j", (more, what) => {
    expect(lockFindings(lockOf(more), [], TODAY)).toEqual([`left-pad 1.0.0 ${what}`])
  })

  test("wherever it lies, and only there where it runs for its licence", () => {
    const nested = lockOf({ deprecated: "" }, "node_modules/a/node_modules/@scope/left-pad")
    expect(lockFindings(nested, [], TODAY)).toEqual(["@scope/left-pad 1.0.0 is deprecated: "])
    expect(lockFindings(lockOf({ license: "GPL-3.0-only", dev: true }), [], TODAY)).toEqual([])
    expect(lockFindings(lockOf({}), [], TODAY)).toEqual([])
  })
})

test("an expression is allowed where one of its choices is", () => {
  const allowed = ["MIT", "(MIT OR GPL-2.0-only)", "GPL-2.0-only OR (MIT AND ISC)", "Apache-2.0"]
  expect(allowed.filter((expression) => !isAllowed(expression))).toEqual([])
  const refused = [
    "GPL-2.0-only",
    "(MIT AND GPL-2.0-only)",
    "SEE LICENSE IN LICENSE",
    "mit",
    "UNLICENSED",
    "",
  ]
  expect(refused.filter(isAllowed)).toEqual([])
})

describe("what somebody has accepted", () => {
  const one = (more: Partial<Accepted> = {}): Accepted => ({
    ...{ what: "left-pad", finding: "deprecated", reason: "soon", until: "2027-01-01" },
    ...more,
  })
  const deprecated = lockOf({ deprecated: "gone" })

  test("is let be until its day, for what it was accepted and for nothing else", () => {
    expect(lockFindings(deprecated, [one()], "2026-12-31")).toEqual([])
    expect(lockFindings(deprecated, [one()], "2027-01-01")).toHaveLength(1)
    expect(lockFindings(deprecated, [one({ finding: "licence" })], TODAY)).toHaveLength(1)
    expect(lockFindings(deprecated, [one({ what: "right-pad" })], TODAY)).toHaveLength(1)
  })

  test("is found when its day has come, or the package has gone", () => {
    expect(staleAcceptances(deprecated, [one({ until: TODAY })], TODAY)).toEqual([
      `left-pad (deprecated) was accepted until ${TODAY}`,
    ])
    expect(staleAcceptances(deprecated, [one({ what: "right-pad" })], TODAY)).toEqual([
      "right-pad (deprecated) is not installed any more",
    ])
  })
})

test("a version is one, and no range, tag or address", () => {
  const dependencies = {
    ...{ pinned: "1.2.3", beta: "17.10.0-beta.17", own: "file:local/cloud/no-telemetry" },
    ...{
      caret: "^1.2.3",
      tilde: "~1.2.3",
      any: "*",
      tag: "latest",
      address: "https://example.com/a.tgz",
      alias: "npm:b@^1",
    },
  }
  const found = looseVersions([
    { path: "a/package.json", dependencies },
    { path: "b/package.json", devDependencies: { x: ">=1" } },
  ])
  expect(found.map((line) => line.split(" ").slice(0, 2).join(" "))).toEqual([
    ...["caret", "tilde", "any", "tag", "address", "alias"].map((name) => `a/package.json: ${name}`),
    "b/package.json: x",
  ])
})

test("an advisory is told once, under the package that has it, unless it is accepted", () => {
  const advisory = {
    ...{ url: "https://github.com/advisories/GHSA-aaaa-bbbb-cccc", title: "Prototype pollution" },
    ...{ severity: "high", range: "<1.0.1" },
  }
  const report = { vulnerabilities: { "left-pad": { via: [advisory] }, padder: { via: ["left-pad"] } } }
  expect(advisoryFindings(report, [], TODAY)).toEqual([
    "left-pad <1.0.1: Prototype pollution (high, GHSA-aaaa-bbbb-cccc)",
  ])
  const known: Accepted = {
    what: "GHSA-aaaa-bbbb-cccc",
    finding: "advisory",
    reason: "not called",
    until: "2027-01-01",
  }
  expect(advisoryFindings(report, [known], TODAY)).toEqual([])
  expect(advisoryFindings(report, [known], "2027-01-01")).toHaveLength(1)
})
