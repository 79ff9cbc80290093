// A process that commits events with an outbox and dies: node commit-and-die.ts DATABASE SERVICE_BUS EVENTS PUBLISHED.
// The first PUBLISHED of them reach the broker, no more; once all are committed the process kills itself.

import { newId } from "@eshop/building-blocks/ids"
import { message } from "@eshop/building-blocks/messaging/outbox"
import { type Broker, LEASE_SECONDS, outboxRelay } from "@eshop/building-blocks/messaging/relay"
import { serviceBusBroker, serviceBusClient } from "@eshop/building-blocks/messaging/service-bus"
import { postgresStore } from "@eshop/building-blocks/store/postgres/postgres-store"
import { BasketCheckedOut } from "@eshop/domain/contracts/basket-events"
import { inParallel } from "./in-parallel.ts"

const [database = "", serviceBus = "", events = "", published = ""] = process.argv.slice(2)
const store = postgresStore(database)
const real = serviceBusBroker(serviceBusClient({ ServiceBus: serviceBus }))
let left = Number(published)
const halting: Broker = {
  async publish(topic, messages) {
    const now = messages.slice(0, left)
    left -= now.length
    if (now.length > 0) await real.publish(topic, now)
    // The rest was committed, and is about to be published for ever.
    if (now.length < messages.length) await new Promise(() => {})
  },
  close: () => real.close(),
}
const relay = outboxRelay(store.outbox, halting, console.error)
store.outbox.sendAfterCommit(LEASE_SECONDS, (messages) => relay.send(messages))

const { type, example } = BasketCheckedOut
await inParallel(8, Array(Number(events)).fill(type), () =>
  store.unitOfWork.transaction((tx) =>
    store.outbox.add(tx, [message(BasketCheckedOut, newId(), example as never, { now: new Date(), newId })]),
  ),
)
process.kill(process.pid, "SIGKILL")
