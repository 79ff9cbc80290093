/** The life of a host: its first version, the versions that replace it, its end. */
import { announce } from "./announce.ts"
import type { HostOutput } from "./output.ts"
import type { HostState, Serving } from "./serving.ts"
import { handOver, requestsEnd, retire } from "./versions.ts"

export type Lifecycle = {
  /** Loads the first version and starts the triggers. Throws when that fails, after the host has stopped. */
  start(): Promise<void>
  /** Loads the app anew and swaps when it is ready. Throws when it cannot be loaded; the old version stays. */
  reload(): Promise<void>
  /** Lets running invocations end within the grace period, then ends the worker and stops listening. */
  stop(): Promise<void>
}

export type LifecycleOptions = {
  host: HostState
  load(): Promise<Serving>
  /** The port that local.settings.json named when the host began to listen. */
  localPort: number | undefined
  output: HostOutput
  /** How long a stop or a reload waits for running invocations, in milliseconds. */
  graceMs: number
  stopListening(): Promise<void>
}

export function createLifecycle({ host, load, output, graceMs, ...options }: LifecycleOptions): Lifecycle {
  const lifecycle: Lifecycle = {
    async start() {
      try {
        const first = await load()
        announce(first, host.baseUrl, output)
        host.serving = first
        await first.app.startExtensions()
        host.phase = "Running"
      } catch (error) {
        await lifecycle.stop()
        throw error
      }
    },

    async reload() {
      const old = host.serving
      if (!old || host.phase !== "Running") return
      const next = await load()
      await handOver(old, next)
      host.serving = next
      announce(next, host.baseUrl, output)
      if (next.configuration.localPort !== options.localPort) {
        const text =
          "Host.LocalHttpPort of local.settings.json has changed: that needs a restart of the host."
        output.write("warning", "Host.Reload", text)
      }
      void retire(old, Date.now() + graceMs)
    },

    async stop() {
      if (host.phase === "Stopping") return
      host.phase = "Stopping"
      const deadline = Date.now() + graceMs
      // HTTP functions first: they may still call the extensions' webhooks on this server.
      if (host.serving) {
        await requestsEnd(host.serving, deadline)
        await host.serving.app.stopExtensions()
        await retire(host.serving, deadline)
      }
      await options.stopListening()
    },
  }
  return lifecycle
}
