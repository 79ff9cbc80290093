// The identity provider as a process of its own: node main.ts --port N --issuer URL --data-dir DIR --routes FILE
import { parseArgs } from "node:util"
import { readGatewayFiles } from "@eshop/gateway/routes"
import { exitWithParent } from "@eshop/local-cloud/supervisor/exit-with-parent"
import { startIdentityProvider } from "./server.ts"

const { values } = parseArgs({
  options: {
    port: { type: "string", default: "0" },
    issuer: { type: "string", default: "" },
    "data-dir": { type: "string", default: "." },
    routes: { type: "string", default: "" },
  },
})
const { issuer, cors } = await readGatewayFiles(values.routes)
const server = await startIdentityProvider({
  port: Number(values.port),
  issuer: values.issuer,
  audience: issuer.audience,
  dataDir: values["data-dir"],
  allowedOrigins: cors.allowedOrigins,
})
console.log(`Identity provider for development, not for anything else: ${values.issuer}`)

exitWithParent(() => {
  server.closeAllConnections()
  server.close()
})
