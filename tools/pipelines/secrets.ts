// Secrets in clear, by the forms that their issuers give them.

const forms: readonly (readonly [name: string, form: RegExp])[] = [
  ["token of GitHub", /\b(gh[pousr]_|github_pat_)\w{16,}/],
  ["key of Stripe", /\b[sr]k_(live|test)_\w{8,}/],
  ["token of Slack", /\bxox[abprs]-[\w-]{10,}/],
  ["key of AWS", /\bAKIA[0-9A-Z]{16}\b/],
  ["key of an Azure connection string", /\b(AccountKey|SharedAccessKey)=[\w+/]{20,}/],
  ["secret of an Entra application", /\b\w{3}8Q~[\w.~-]{31,}/],
  ["private key", /-----BEGIN [A-Z ]*PRIVATE KEY-----/],
]

/** Where a text holds a secret: file, line and kind, never the secret. */
export function secretProblems(file: string, text: string): string[] {
  return text
    .split("\n")
    .flatMap((line, index) =>
      forms
        .filter(([, form]) => form.test(line))
        .map(([name]) => `${file}:${index + 1}: holds a ${name} in clear`),
    )
}
