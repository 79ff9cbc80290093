// `npm run bench [catalog] [durable] [orders]`: measures on this machine and prints a table.
import { availableParallelism } from "node:os"
import { benchCatalog } from "./catalog.ts"
import { benchDurable } from "./durable.ts"
import { benchOrders } from "./orders.ts"

const benchmarks: Record<string, () => Promise<void>> = {
  catalog: benchCatalog,
  durable: benchDurable,
  orders: benchOrders,
}

if (process.argv.includes("--help")) {
  console.log(`npm run bench -- [benchmark…]
  measures on this machine and prints a table; all of ${Object.keys(benchmarks).join(", ")} where none is named`)
  process.exit()
}
const wanted = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(benchmarks)
console.log(
  `Node ${process.version}, ${availableParallelism()} cores; client, servers and stores on this machine`,
)
for (const name of wanted) {
  const run = benchmarks[name]
  if (!run) throw new Error(`no such benchmark: ${name}; there are ${Object.keys(benchmarks).join(", ")}`)
  await run()
}
