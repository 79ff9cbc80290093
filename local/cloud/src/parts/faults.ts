import { fileURLToPath } from "node:url"
import { appNames, type Connections, developmentSecrets, faultsAddress, type Ports } from "../settings.ts"
import type { PartSpec } from "../supervisor/part.ts"
import { get } from "./probes.ts"

/**
 * The switchboard of faults. It comes after the apps, so that they start without it on a machine with few cores: what
 * their sagas do before it is there cannot go wrong by it.
 * @param script a file with faults to replay as soon as the shop is ready
 * @param hear told what it asks of the launcher
 */
export function faultsPart(
  ports: Ports,
  to: Connections,
  env: NodeJS.ProcessEnv,
  { script, hear }: { readonly script: string | undefined; readonly hear: (message: object) => void },
): PartSpec {
  const address = faultsAddress(ports)
  return {
    name: "faults",
    needs: appNames,
    layer: 0,
    address,
    isOptional: true,
    graceMs: 3_000,
    launch: () => ({
      kind: "node",
      program: fileURLToPath(import.meta.resolve("@eshop/faults/main")),
      args: [
        ...["--port", String(ports.faults), "--gateway", to.gateway, "--identity", to.identity],
        ...["--ordering", to.apps.ordering, "--payments", to.payments],
        ...(script === undefined ? [] : ["--script", script]),
      ],
      env: { ...env, PAYMENT_API_KEY: developmentSecrets.paymentApiKey },
      channel: true,
      hear,
    }),
    isReady: async () => (await get(`${address}/health/live`))?.status === 200,
  }
}
