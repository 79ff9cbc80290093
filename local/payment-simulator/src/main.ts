// The payment simulator as a process of its own: PAYMENT_API_KEY=… node main.ts --port N --data-dir DIR
// [--search-lag-ms N] [--webhook-url URL --webhook-events TYPE,TYPE, signed with PAYMENT_WEBHOOK_SECRET]
import { parseArgs } from "node:util"
import { exitWithParent } from "@eshop/local-cloud/supervisor/exit-with-parent"
import { startPaymentSimulator } from "./server.ts"

const { values } = parseArgs({
  options: {
    port: { type: "string", default: "0" },
    "data-dir": { type: "string", default: "." },
    "search-lag-ms": { type: "string", default: "0" },
    "webhook-url": { type: "string" },
    "webhook-events": { type: "string" },
  },
})
const apiKey = process.env.PAYMENT_API_KEY
if (!apiKey) throw new Error("PAYMENT_API_KEY is not set")
const secret = process.env.PAYMENT_WEBHOOK_SECRET
const url = values["webhook-url"]
if (url !== undefined && !secret) throw new Error("PAYMENT_WEBHOOK_SECRET is not set")
const events = values["webhook-events"]?.split(",")
const simulator = await startPaymentSimulator({
  port: Number(values.port),
  apiKey,
  dataDir: values["data-dir"],
  searchLagMs: Number(values["search-lag-ms"]),
  ...(url !== undefined && secret && { webhook: { url, secret, ...(events && { events }) } }),
})
console.log(`Payment simulator on ${simulator.url}`)

exitWithParent(() => simulator.close())
