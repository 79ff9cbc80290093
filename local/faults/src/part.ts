import type { Chance, Messages, PlacedOrder, Script, Switch } from "./fault.ts"
import type { ReachedPoint } from "./fault-points.ts"
import type { Launcher } from "./launcher.ts"
import type { Payments } from "./payments.ts"
import { type Replay, replay } from "./replay.ts"
import type { HitOrder, ShopView } from "./shop.ts"
import { passOn, strike } from "./strike.ts"
import { switchboard } from "./switchboard.ts"

/** What the part works with. */
export type Surroundings = {
  readonly launcher: Launcher
  readonly payments: Payments
  readonly shop: ShopView
  now(): Date
}

const ORDER_ID_LENGTH = 36
const SHOWN_STRIKES = 100
const SHOWN_ORDERS = 20
const READ_AT_ONCE = 16
const ended = new Set(["Paid", "Cancelled"])

/** A script is replayed at the moment. */
export class BusyError extends Error {}

/** The switchboard with what it does to the shop. */
export function faultsPart(around: Surroundings) {
  const { launcher, shop, now } = around
  const board = switchboard()
  const known = new Map<string, HitOrder>()
  let replaying: Replay | undefined

  const setMessages = async (messages: Messages) => {
    await passOn(launcher, messages, board.state().chance.seed)
    board.passOn(messages)
  }

  /** The orders that were hit last, asked anew until each has ended. */
  async function hitOrders(): Promise<HitOrder[]> {
    const ids = [...new Set(board.state().strikes.map(({ orderId }) => orderId))].slice(-SHOWN_ORDERS)
    for (const id of known.keys()) if (!ids.includes(id)) known.delete(id)
    const asked = ids.filter((id) => !ended.has(known.get(id)?.status ?? ""))
    for (const order of await Promise.all(asked.map((id) => shop.hit(id)))) known.set(order.id, order)
    return ids.flatMap((id) => known.get(id) ?? [])
  }

  return {
    /** Lets strike what waits at a place; the saga stands still meanwhile. An instance's id begins with that of its order. */
    async reached({ instanceId, place, activity }: ReachedPoint): Promise<void> {
      const orderId = instanceId.slice(0, ORDER_ID_LENGTH)
      for (const struck of board.reach(orderId, { place, activity }, now())) {
        await strike(around, struck.fault, orderId).catch((error: Error) => {
          struck.failed = error.message
        })
      }
    },

    async state() {
      const { strikes, ...on } = board.state()
      const orders = await hitOrders()
      return {
        ...on,
        strikes: strikes.slice(-SHOWN_STRIKES),
        orders,
        counted: board.counted(),
        replay: replaying,
      }
    },

    arm(given: Switch) {
      refuseWhileReplaying()
      return board.arm(given)
    },
    disarm: (id: number): boolean => board.disarm(id),
    draw(chance: Chance): void {
      refuseWhileReplaying()
      board.draw(chance)
    },
    async passOn(messages: Messages): Promise<void> {
      refuseWhileReplaying()
      await setMessages(messages)
    },
    /** A broker that has just started passes on as sent: it is told again. */
    async tellBroker(): Promise<void> {
      const { messages, chance } = board.state()
      if (messages !== "as-sent") await passOn(launcher, messages, chance.seed)
    },
    async begin(): Promise<void> {
      refuseWhileReplaying()
      await setMessages("as-sent")
      board.begin()
      replaying = undefined
    },

    async script(): Promise<Script> {
      const { orders, faults, seed } = board.record()
      const placed: PlacedOrder[] = []
      for (let first = 0; first < orders.length; first += READ_AT_ONCE) {
        const some = orders.slice(first, first + READ_AT_ONCE)
        placed.push(
          ...(await Promise.all(
            some.map(async ({ id, messages }) => ({ ...(await shop.placed(id)), messages })),
          )),
        )
      }
      return { version: 1, seed, orders: placed, faults }
    },

    /** Begins to replay. `done` resolves when it is over; it never rejects. @throws BusyError during another replay */
    replay(script: Script): { done: Promise<Replay> } {
      refuseWhileReplaying()
      const progress: Replay = {
        ...{ state: "running", orders: script.orders.length, placed: 0 },
        ...{ faults: script.faults.length, struck: 0, missed: [] },
      }
      replaying = progress
      const done = replay(script, { board, shop, passOn: setMessages }, progress).then(
        () => Object.assign(progress, { state: "done" as const }),
        (error: Error) =>
          Object.assign(progress, {
            state: "failed" as const,
            reason: error.message,
            missed: board.missed(),
          }),
      )
      return { done }
    },
  }

  function refuseWhileReplaying(): void {
    if (replaying?.state === "running")
      throw new BusyError("A script is being replayed: wait until it is over.")
  }
}

export type FaultsPart = ReturnType<typeof faultsPart>
