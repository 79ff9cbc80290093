/** The trigger families that the host brings along, besides HTTP. */
import type { HostExtension } from "./contract.ts"
import { createDurableExtension } from "./durable/extension.ts"
import { createServiceBusExtension } from "./service-bus/service-bus-extension.ts"
import { createTimerExtension } from "./timer/timer-extension.ts"

/** New extensions for one host. */
export function defaultExtensions(): HostExtension[] {
  return [createDurableExtension(), createTimerExtension(), createServiceBusExtension()]
}
