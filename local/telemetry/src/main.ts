// What keeps and shows the last hour of telemetry, as a process of its own: node main.ts --port N --routes FILE
import { parseArgs } from "node:util"
import { readGatewayFiles } from "@eshop/gateway/routes"
import { exitWithParent } from "@eshop/local-cloud/supervisor/exit-with-parent"
import { startTelemetry } from "./server.ts"

const { values } = parseArgs({
  options: { port: { type: "string", default: "0" }, routes: { type: "string", default: "" } },
})
const { cors } = await readGatewayFiles(values.routes)
const telemetry = await startTelemetry({ port: Number(values.port), allowedOrigins: cors.allowedOrigins })
console.log(`Telemetry on ${telemetry.url}`)

exitWithParent(() => telemetry.close())
