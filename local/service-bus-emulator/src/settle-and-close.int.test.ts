import type { Socket } from "node:net"
import type { ServiceBusReceivedMessage } from "@azure/service-bus"
import { expect, test, vi } from "vitest"
import { newClient, receiveOne, startNamespace } from "./test-namespace.ts"

/** The rhea delivery that the SDK keeps with a message. */
type Settleable = ServiceBusReceivedMessage & {
  delivery: {
    accept(): void
    link: { close(): void; session: { close(): void }; connection: { close(): void; socket: Socket } }
  }
}

test.each(["link", "session", "connection"] as const)(
  "keeps a settlement that is followed at once by the closing of its %s",
  async (what) => {
    await using namespace = await startNamespace({ Queues: [{ Name: "orders", Properties: {} }] })
    await namespace.client.createSender("orders").sendMessages({ body: 1 })
    const client = newClient(namespace.emulator.connectionString)
    const { delivery } = (await receiveOne(client.createReceiver("orders"))) as Settleable
    const { link } = delivery
    // Both frames come in one read, as from clients that gather what they write.
    const { socket } = link.connection
    socket.cork()
    delivery.accept()
    ;(what === "link" ? link : link[what]).close()
    setImmediate(() => socket.uncork())
    await vi.waitFor(() => expect(namespace.emulator.state().orders?.active).toBe(0))
    await client.close()
  },
)
