import { once } from "node:events"
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import type { Point as FaultPoint } from "@eshop/faults/fault"
import { readPoint } from "@eshop/faults/fault-points"

export type { FaultPoint }

/** Something that happens once at a place: at the `run`-th time that it is reached, counted from 1. */
export type Fault = FaultPoint & { readonly run: number; readonly what: string; strike(): Promise<void> }

const describe = (fault: Fault): string => `${fault.what} ${nameOf(fault)}`

export const nameOf = ({ place, activity }: FaultPoint): string => `${place} ${activity}`

/**
 * Hears of every place that the sagas of the local functions host reach, and strikes there while the saga stands still.
 * One fault at a time: a place that is reached meanwhile waits for its turn. Where the host dies while it waits, the
 * fault strikes at the next run instead.
 */
export async function openFaultPoints() {
  let faults: Fault[] = []
  const reached = new Map<string, number>()
  const struck: string[] = []
  let turn: Promise<void> = Promise.resolve()

  async function strike(fault: Fault, response: ServerResponse): Promise<void> {
    const before = turn
    const { promise, resolve } = Promise.withResolvers<void>()
    turn = promise
    await before
    try {
      if (response.socket?.destroyed ?? true) {
        faults.push({ ...fault, run: (reached.get(nameOf(fault)) ?? 0) + 1 })
        return
      }
      await fault.strike()
      struck.push(describe(fault))
    } finally {
      resolve()
    }
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const name = nameOf(await readPoint(request))
    const run = (reached.get(name) ?? 0) + 1
    reached.set(name, run)
    const due = faults.find((fault) => nameOf(fault) === name && fault.run <= run)
    if (due) {
      faults = faults.filter((fault) => fault !== due)
      await strike(due, response)
    }
    response.end()
  }

  const server = createServer((request, response) => {
    handle(request, response).catch((error: Error) => {
      console.error(error)
      response.destroy()
    })
  })
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    /** Begins anew: counts from 1, with these faults. */
    arm(planned: readonly Fault[]): void {
      faults = [...planned]
      struck.length = 0
      reached.clear()
    },
    /** Places where a fault struck, and those whose fault is still to come. */
    result: () => ({ struck: [...struck], missed: faults.map(describe) }),
    close(): void {
      server.close()
      server.closeAllConnections()
    },
  }
}

export type FaultPoints = Awaited<ReturnType<typeof openFaultPoints>>
