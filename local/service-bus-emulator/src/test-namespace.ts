import { ServiceBusClient, type ServiceBusReceivedMessage, type ServiceBusReceiver } from "@azure/service-bus"
import { type Emulator, type EmulatorOptions, startServiceBusEmulator } from "./emulator.ts"

interface Declarations {
  Queues?: unknown[]
  Topics?: unknown[]
}

/** A running emulator and an SDK client, for one test file. */
export interface TestNamespace extends AsyncDisposable {
  emulator: Emulator
  client: ServiceBusClient
}

/** Starts an emulator on a free port with the given entities, and the real SDK's client in front of it. */
export async function startNamespace(
  declarations: Declarations,
  options: Omit<EmulatorOptions, "config"> = {},
): Promise<TestNamespace> {
  const config = { UserConfig: { Namespaces: [{ Name: "test", ...declarations }] } }
  const emulator = await startServiceBusEmulator({ config, ...options })
  const client = newClient(emulator.connectionString)
  return {
    emulator,
    client,
    [Symbol.asyncDispose]: async () => {
      await client.close()
      await emulator.stop()
    },
  }
}

/** A client that fails at once instead of retrying, so that refusals are seen. */
export function newClient(connectionString: string): ServiceBusClient {
  return new ServiceBusClient(connectionString, { retryOptions: { maxRetries: 0, timeoutInMs: 5000 } })
}

/** Receives exactly one message; fails when none comes within two seconds. */
export async function receiveOne(receiver: ServiceBusReceiver): Promise<ServiceBusReceivedMessage> {
  const [message] = await receiver.receiveMessages(1, { maxWaitTimeInMs: 2000 })
  if (!message) throw new Error(`No message came from ${receiver.entityPath}.`)
  return message
}

/** The bodies of everything that can be received now, completed. */
export async function drain(receiver: ServiceBusReceiver): Promise<unknown[]> {
  const bodies: unknown[] = []
  for (;;) {
    const messages = await receiver.receiveMessages(100, { maxWaitTimeInMs: 150 })
    if (messages.length === 0) return bodies
    for (const message of messages) {
      bodies.push(message.body)
      if (receiver.receiveMode === "peekLock") await receiver.completeMessage(message)
    }
  }
}

/** Waits for a while; for locks and times to live to pass. */
export const sleep = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds))
