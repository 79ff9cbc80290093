import { execFileSync } from "node:child_process"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { clearSecrets } from "../kubernetes/clear-secrets.ts"

/** Values that are the same for everybody, and open nothing but a developer's own machine, or what one test starts. */
const DEVELOPMENT = [
  "sk_test_eshop_local",
  "whsec_eshop_local",
  "sk_test_of_this_test",
  "whsec_of_this_test",
  "whsec_that_is_replaced",
  // What is taken out of a log line: `{"alg":"ES256"}`, `{"sub":"1"}` and the word signature.
  "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl",
  // A placeholder in the docs.
  "catalog:<generated>@",
]
const withoutDevelopment = (text: string): string =>
  // In their place something as long: line numbers and neighbours stay.
  DEVELOPMENT.reduce((left, value) => left.replaceAll(value, "-".repeat(value.length)), text)

/** A text in quotes that is given to something called a secret. */
const ASSIGNED =
  /(?:secret|password|passwd|api_?key|private_?key|access_?key|token)\w*["']?\s*[:=]\s*["'`]([\w+/=-]{20,})["'`]/gi

/** Bits of information per character (Shannon): words have about 3.5, random base64 has more than 4.5. */
export function entropyOf(text: string): number {
  const counts = Map.groupBy(text, (letter) => letter)
  return [...counts.values()].reduce(
    (sum, { length }) => sum - (length / text.length) * Math.log2(length / text.length),
    0,
  )
}
const RANDOM = 4.2

/** What looks like a random value that is called a secret: one line each, without the value. */
export function assignedSecrets(file: string, text: string): string[] {
  return [...text.matchAll(ASSIGNED)]
    .filter(([, value = ""]) => entropyOf(value) > RANDOM)
    .map(({ index }) => `${file}:${text.slice(0, index).split("\n").length}: a random value called a secret`)
}

/** Generated, or made of checksums and other people's schemas: nobody writes there by hand. */
const NOT_WRITTEN =
  /(^|\/)(package-lock\.json|.*\.jsonl|.*\.snap|.*\.svg|.*\.(png|jpe?g|webp|ico|woff2?|gz|zip|tgz))$/

/** Secrets in clear in any file that git knows of. @param repository its root */
export function trackedSecrets(repository: string): string[] {
  const options = { cwd: repository, encoding: "utf8", maxBuffer: 64 * 1_048_576 } as const
  return execFileSync("git", ["ls-files", "-z"], options)
    .split("\0")
    .filter((path) => path !== "" && !NOT_WRITTEN.test(path))
    .flatMap((path) => {
      const text = withoutDevelopment(readFileSync(join(repository, path), "utf8"))
      return [...clearSecrets(path, text), ...assignedSecrets(path, text)]
    })
}
