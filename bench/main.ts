// `npm run bench -- [budget] [catalog] [checkout] [durable] [telemetry]`: measures on this machine and prints a table.
import { availableParallelism } from "node:os"
import { parseArgs } from "node:util"
import { benchBudget } from "./budget/budget.ts"
import { benchCatalog } from "./catalog.ts"
import { benchCheckout } from "./checkout.ts"
import { benchDurable } from "./durable.ts"
import { benchTelemetry } from "./telemetry.ts"

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    stored: { type: "string", default: "0" },
    help: { type: "boolean", default: false },
  },
})
const stored = values.stored.split(",").map(Number)
if (!stored.every(Number.isSafeInteger)) throw new Error("--stored takes whole numbers: 0,100000,1000000")

const benchmarks: Record<string, () => Promise<void>> = {
  budget: benchBudget,
  catalog: benchCatalog,
  checkout: () => benchCheckout(stored),
  durable: benchDurable,
  telemetry: benchTelemetry,
}

if (values.help) {
  console.log(`npm run bench -- [benchmark…] [--stored 0,100000,1000000]
  measures on this machine and prints a table; all of ${Object.keys(benchmarks).join(", ")} where none is named
  --stored  checkout: how many orders lie in the stores; measured once for each number`)
  process.exit()
}
const wanted = positionals.length > 0 ? positionals : Object.keys(benchmarks)
console.log(
  `Node ${process.version}, ${availableParallelism()} cores; client, servers and stores on this machine`,
)
for (const name of wanted) {
  const run = benchmarks[name]
  if (!run) throw new Error(`no such benchmark: ${name}; there are ${Object.keys(benchmarks).join(", ")}`)
  await run()
}
