import type { Call } from "@eshop/building-blocks/app/call"
import { OvertakenError } from "../products/ports.ts"
import { endSomeOverdueOf } from "./end-overdue.ts"
import { StockOvertakenError, type StockPorts } from "./ports.ts"

/** After so many decisions in vain the call fails; each time somebody got on. */
const ATTEMPTS = 20

/**
 * Runs a transaction that decides on stock, and again when its decision was out of date: others took units meanwhile,
 * or units that it needs are overdue and are given back first, as many as it takes.
 */
export async function unlessOvertaken<T>(ports: StockPorts, call: Call, work: () => Promise<T>): Promise<T> {
  for (let attempts = 1; ; ) {
    try {
      return await work()
    } catch (error) {
      const isOfStock = error instanceof StockOvertakenError
      if (!isOfStock && !(error instanceof OvertakenError)) throw error
      if (isOfStock && error.overdue.length > 0) await endSomeOverdueOf(ports, call, error.overdue)
      else if (attempts++ === ATTEMPTS) throw error
    }
  }
}
