// Secrets in clear in what describes the infrastructure: by the forms that the issuers of real keys give them.
import { readdirSync, readFileSync } from "node:fs"
import { join, relative } from "node:path"

const folders = ["infra", ".azure-pipelines"]

const forms: [what: string, form: RegExp][] = [
  ["a Stripe key", /\b[sr]k_(?:live|test)_\w{8,}/g],
  ["a Stripe webhook secret", /\bwhsec_\w{16,}/g],
  ["a GitHub token", /\b(?:gh[pousr]_\w{20,}|github_pat_\w{20,})/g],
  ["an Azure DevOps token", /\b(?:[a-z2-7]{52}|\w{76}AZDO\w{4})\b/g],
  ["a client secret of Entra", /\b[\w~.-]{3}\dQ~[\w~.-]{31,34}/g],
  ["a key of an Azure resource", /\b(?:AccountKey|SharedAccessKey)=[A-Za-z0-9+/]{40,}={0,2}/g],
  ["a shared access signature", /[?&]sig=[A-Za-z0-9%+/]{20,}/g],
  [
    "a password in an address",
    /:\/\/[^\s:@/"'$]+:[^\s:@/"'$]+@[\w.-]+\.(?:azure\.com|azure\.net|windows\.net)/g,
  ],
  ["a private key", /-----BEGIN [A-Z ]*PRIVATE KEY-----/g],
  ["a Slack token or webhook", /\bxox[abprs]-[\w-]{10,}|hooks\.slack\.com\/services\/\w+/g],
  ["a Teams webhook", /\.webhook\.office\.com\/webhookb2\/\w+/g],
  ["a signed token", /\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]+/g],
  ["a token of the npm registry", /\bnpm_[A-Za-z0-9]{36}\b/g],
]

/** The key that Microsoft publishes for the storage emulator: everybody has the same. */
const emulatorKey = "AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq"

/** What looks like a real secret in a text: one line each, without the secret. */
export function clearSecrets(file: string, text: string): string[] {
  return forms.flatMap(([what, form]) =>
    [...text.matchAll(form)]
      .filter(([found]) => !found.startsWith(emulatorKey))
      .map(({ index }) => `${file}:${text.slice(0, index).split("\n").length}: ${what} in clear`),
  )
}

/** The same for every file of infra/ and .azure-pipelines/ below a repository's root. */
export function clearSecretsBelow(repository: string): string[] {
  return folders.flatMap((folder) =>
    readdirSync(join(repository, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.parentPath.includes(".terraform"))
      .flatMap((entry) => {
        const path = join(entry.parentPath, entry.name)
        return clearSecrets(relative(repository, path), readFileSync(path, "utf8"))
      }),
  )
}
