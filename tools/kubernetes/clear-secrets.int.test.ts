import { afterAll, describe, expect, it } from "vitest"
import { root } from "../apps.ts"
import { clearSecrets, clearSecretsBelow } from "./clear-secrets.ts"
import { planted, removeCopies } from "./planted.ts"

afterAll(removeCopies)

// Put together here, so that no scanner takes this file for a leak.
const text = (length: number, of = "a") => of.repeat(length)
const secrets: [what: string, secret: string][] = [
  ["a Stripe key", `sk_${"live"}_${text(24)}`],
  ["a Stripe webhook secret", `whsec_${text(32)}`],
  ["a GitHub token", `ghp_${text(36)}`],
  ["a GitHub token", `github_${"pat"}_${text(40)}`],
  ["an Azure DevOps token", text(52)],
  ["an Azure DevOps token", `${text(76, "A")}AZDO${text(4)}`],
  ["a client secret of Entra", `abc8Q~${text(34)}`],
  ["a key of an Azure resource", `AccountKey=${text(86)}==`],
  ["a key of an Azure resource", `SharedAccessKey=${text(43)}=`],
  ["a shared access signature", `https://x.blob.core.windows.net/a?sig=${text(44)}`],
  ["a password in an address", `postgres://eshop:${text(12)}@psql-eshop.postgres.database.azure.com/catalog`],
  ["a private key", `-----BEGIN EC ${"PRIVATE"} KEY-----`],
  ["a Slack token or webhook", `https://hooks.slack.com/${"services"}/T0000`],
  ["a Teams webhook", `https://eshop.webhook.office.com/${"webhookb2"}/0000`],
  ["a signed token", `eyJ${text(20)}.eyJ${text(20)}.${text(20)}`],
  ["a token of the npm registry", `npm_${text(36)}`],
]

describe("a secret in clear", () => {
  it.each(secrets)("is found: %s", (what, secret) => {
    expect(clearSecrets("values.yaml", `a: b\nkey: ${secret}\n`)).toEqual([`values.yaml:2: ${what} in clear`])
  })

  it("is nowhere in infra/ and .azure-pipelines/", () => {
    expect(clearSecretsBelow(root)).toEqual([])
  })

  it("is found in a values file and in a pipeline's variables", () => {
    const values = "infra/gitops/apps/overlays/dev/ordering/values.yaml"
    const pipeline = ".azure-pipelines/application.yaml"
    const copy = planted(
      [values, "image:\n", `config: { PAYMENT_API_KEY: sk_${"live"}_${text(24)} }\nimage:\n`],
      [pipeline, "parameters:\n", `variables:\n  TOKEN: ghp_${text(36)}\nparameters:\n`],
    )
    expect(clearSecretsBelow(copy).map((found) => found.replace(/:\d+:/, ":"))).toEqual([
      `${values}: a Stripe key in clear`,
      `${pipeline}: a GitHub token in clear`,
    ])
  })
})
