// `npm run check`: formatting and lint, types, the arrows between the rooms, and what is generated; all of them
// run, then it tells.
import { spawn } from "node:child_process"
import { createRequire } from "node:module"
import { dirname, join } from "node:path"
import { root } from "./apps.ts"

const require = createRequire(import.meta.url)

function binary(packageName: string, name: string): string {
  const manifest = join(root, "node_modules", packageName, "package.json")
  const { bin } = require(manifest) as { bin: string | Record<string, string> }
  return join(dirname(manifest), typeof bin === "string" ? bin : (bin[name] as string))
}

type Check = { readonly name: string; readonly args: readonly string[] }
type Outcome = Check & { readonly ok: boolean; readonly output: string; readonly seconds: string }

const checks: readonly Check[] = [
  { name: "format and lint", args: [binary("@biomejs/biome", "biome"), "ci", "--colors=off", "."] },
  { name: "types", args: [binary("typescript", "tsc")] },
  { name: "types of the shop's pages", args: [binary("typescript", "tsc"), "-p", "storefront"] },
  { name: "types of the staff's pages", args: [binary("typescript", "tsc"), "-p", "storefront/src/staff"] },
  {
    name: "types of the telemetry page",
    args: [binary("typescript", "tsc"), "-p", "local/telemetry/src/page"],
  },
  {
    name: "types of the payment simulator's field",
    args: [binary("typescript", "tsc"), "-p", "local/payment-simulator/src/elements"],
  },
  {
    name: "arrows",
    args: [
      binary("dependency-cruiser", "depcruise"),
      "packages",
      "functions",
      "local",
      "tools",
      "tests",
      "bench",
      "storefront",
    ],
  },
  { name: "generated files", args: [join(root, "tools/generate/main.ts"), "--check"] },
  { name: "size of the storefront", args: [join(root, "storefront/check-size.ts")] },
  {
    name: "dashboards and alerts",
    args: [join(root, "tools/observability/generate.ts"), "--check"],
  },
]

function run(check: Check): Promise<Outcome> {
  const started = Date.now()
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, check.args, { cwd: root })
    let output = ""
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => {
        output += text
      })
    child.on("error", reject)
    child.on("close", (code) =>
      resolve({ ...check, ok: code === 0, output, seconds: ((Date.now() - started) / 1000).toFixed(1) }),
    )
  })
}

const outcomes = await Promise.all(checks.map(run))
for (const { name, ok, output, seconds } of outcomes) {
  console.log(`${ok ? "✔" : "✖"} ${name} (${seconds} s)`)
  if (!ok) console.log(output)
}
if (outcomes.some(({ ok }) => !ok)) process.exitCode = 1
