import type { Probe } from "../app/health.ts"
import { DependencyUnavailableError } from "../failure.ts"
import { serviceClient } from "./service-client.ts"

/** A context that is up answers this without asking anybody. */
const DEADLINE_MS = 400

/** Asks whether another context is up. It has a circuit of its own: a context may be up and its routes not. */
export function livenessProbe({ name, baseUrl }: { name: string; baseUrl: string }): Probe {
  const client = serviceClient({ name, baseUrl, timeoutMs: DEADLINE_MS })
  return async () => {
    const { status } = await client.send({ method: "GET", path: "/health/live" })
    if (status !== 200) throw new DependencyUnavailableError(name, new Error(`${name} answered ${status}`))
  }
}
