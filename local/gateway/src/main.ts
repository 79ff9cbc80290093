// The gateway as a process of its own:
//   node main.ts --port N --routes FILE --issuer URL --upstream catalog=URL … [--storefront FOLDER --pages FOLDER --payments URL]
//     [--telemetry URL] [--faults URL] [--timeout-ms N] [--no-rate-limits]
// gateway.json and openapi.json lie beside the file of the routes.
// The launcher tells it the state of every part over the message channel; /health/ready shows them.
import { dirname, join } from "node:path"
import { parseArgs } from "node:util"
import { exitWithParent } from "@eshop/local-cloud/supervisor/exit-with-parent"
import { readGatewayFiles } from "./routes.ts"
import { startGateway } from "./server.ts"

const { values } = parseArgs({
  options: {
    port: { type: "string", default: "0" },
    routes: { type: "string", default: "" },
    issuer: { type: "string", default: "" },
    upstream: { type: "string", multiple: true, default: [] },
    storefront: { type: "string" },
    pages: { type: "string", default: "" },
    payments: { type: "string", default: "" },
    telemetry: { type: "string" },
    faults: { type: "string" },
    "timeout-ms": { type: "string", default: "30000" },
    "rate-limits": { type: "boolean", default: true },
  },
  allowNegative: true,
})

let states: Record<string, string> = {}
process.on("message", (message: { type: "parts"; states: Record<string, string> }) => {
  if (message.type === "parts") states = message.states
})

const gateway = await startGateway({
  port: Number(values.port),
  files: await readGatewayFiles(values.routes),
  openApiFile: join(dirname(values.routes), "openapi.json"),
  issuer: values.issuer,
  upstreams: Object.fromEntries(values.upstream.map((pair) => pair.split("=", 2))),
  ...(values.storefront && {
    storefront: {
      ...{ directory: values.storefront, pages: values.pages },
      ...{ issuer: values.issuer, payments: values.payments },
    },
  }),
  ...(values.telemetry !== undefined && { telemetry: values.telemetry }),
  ...(values.faults !== undefined && { faults: values.faults }),
  ...(process.env.OTEL_EXPORTER_OTLP_ENDPOINT && { otlp: process.env.OTEL_EXPORTER_OTLP_ENDPOINT }),
  partStates: () => states,
  timeoutMs: Number(values["timeout-ms"]),
  rateLimited: values["rate-limits"],
})
console.log(`Gateway on http://localhost:${gateway.port}`)

exitWithParent(() => gateway.close())
