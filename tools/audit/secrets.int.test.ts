import { execFileSync } from "node:child_process"
import { randomBytes } from "node:crypto"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect, test } from "vitest"
import { apps, root } from "../apps.ts"
import { settingNamesOf } from "../settings.ts"
import { secretSettings } from "../terraform/allowed-values.ts"
import { assignedSecrets, entropyOf, trackedSecrets } from "./secrets.ts"

test("git knows of no secret", () => {
  expect(trackedSecrets(root)).toEqual([])
})

test("a secret that somebody commits is found, in whatever file, and not told", () => {
  const repository = mkdtempSync(join(tmpdir(), "secrets-"))
  const random = randomBytes(32).toString("base64")
  const token = `ghp_${"a".repeat(36)}`
  writeFileSync(join(repository, "a.ts"), `const one = 1\nexport const clientSecret = "${random}"\n`)
  writeFileSync(join(repository, "b.md"), `Use ${token}.\n`)
  writeFileSync(
    join(repository, "c.json"),
    '{ "apiKey": "sk_test_eshop_local", "password": "a-word-that-is-long-enough" }\n',
  )
  writeFileSync(join(repository, "ignored.env"), `PASSWORD="${random}"\n`)
  const git = (...words: string[]) => execFileSync("git", words, { cwd: repository })
  git("init", "--quiet")
  git("add", "a.ts", "b.md", "c.json")
  expect(trackedSecrets(repository)).toEqual([
    "a.ts:2: a random value called a secret",
    "b.md:1: a GitHub token in clear",
  ])
  rmSync(repository, { recursive: true })
})

test("random is what has no pattern", () => {
  expect(entropyOf("aaaaaaaaaaaaaaaaaaaa")).toBe(0)
  expect(assignedSecrets("a", 'password: "correct-horse-battery-staple"')).toEqual([])
  expect(assignedSecrets("a", `password: "${["Zk3vQ9xLr7Tn", "B2mWc8YpHs4D"].join("")}"`)).toHaveLength(1)
})

test("each setting of an app that holds a secret is held against Terraform's plan", async () => {
  const names = (await Promise.all(apps.map(settingNamesOf))).flat()
  const secret = names.filter((name) => /(_KEYS?|_SECRETS?|_DB|_PASSWORD|_TOKEN)$|^REDIS_URL$/.test(name))
  expect(secret.length).toBeGreaterThan(0)
  expect([...new Set(secret)].filter((name) => !secretSettings.includes(name))).toEqual([])
})
