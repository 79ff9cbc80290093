import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { type Ports, repositoryRoot, telemetryAddress } from "../settings.ts"
import type { PartSpec } from "../supervisor/part.ts"
import { get } from "./probes.ts"

/** What keeps and shows the last hour of traces, metrics and logs. It goes after the apps, which send their last then. */
export function telemetryPart(ports: Ports, env: NodeJS.ProcessEnv): PartSpec {
  const address = telemetryAddress(ports)
  return {
    name: "telemetry",
    needs: [],
    layer: 2,
    address,
    isOptional: true,
    graceMs: 3_000,
    launch: () => ({
      kind: "node",
      program: fileURLToPath(import.meta.resolve("@eshop/telemetry/main")),
      args: [
        ...["--port", String(ports.telemetry)],
        ...["--routes", join(repositoryRoot, "infra", "gateway", "routes.json")],
      ],
      env,
    }),
    isReady: async () => (await get(`${address}/health/live`))?.status === 200,
  }
}
