// The payment simulator as a process of its own: PAYMENT_API_KEY=… node main.ts --port N --data-dir DIR [--search-lag-ms N]
import { parseArgs } from "node:util"
import { exitWithParent } from "@eshop/local-cloud/supervisor/exit-with-parent"
import { startPaymentSimulator } from "./server.ts"

const { values } = parseArgs({
  options: {
    port: { type: "string", default: "0" },
    "data-dir": { type: "string", default: "." },
    "search-lag-ms": { type: "string", default: "0" },
  },
})
const apiKey = process.env.PAYMENT_API_KEY
if (!apiKey) throw new Error("PAYMENT_API_KEY is not set")
const simulator = await startPaymentSimulator({
  port: Number(values.port),
  apiKey,
  dataDir: values["data-dir"],
  searchLagMs: Number(values["search-lag-ms"]),
})
console.log(`Payment simulator on ${simulator.url}`)

exitWithParent(() => simulator.close())
