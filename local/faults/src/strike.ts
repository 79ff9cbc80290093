import type { Fault, Messages } from "./fault.ts"
import type { Launcher } from "./launcher.ts"
import type { Payments } from "./payments.ts"

const LATE_MS = 3_000
const SPREAD_MS = 2_000

/** How the broker's emulator names what it does to messages; nothing for what is passed on as it was sent. */
const repetitions = {
  "as-sent": undefined,
  twice: { times: 2, leastMs: 0, spreadMs: SPREAD_MS },
  late: { times: 1, leastMs: LATE_MS, spreadMs: 0 },
  "out-of-order": { times: 1, leastMs: 0, spreadMs: SPREAD_MS },
} as const

/** Lets a fault happen. @throws Error in words where it cannot */
export async function strike(
  { launcher, payments }: { launcher: Launcher; payments: Payments },
  fault: Fault,
  orderId: string,
): Promise<void> {
  switch (fault.kind) {
    case "payment":
      return await payments.goWrong(orderId, fault.what)
    case "webhook":
      return await payments.goWrong(orderId, `webhook-${fault.what}`)
    case "killed":
      return await launcher.ask({ do: "kill", part: fault.part })
    case "frozen":
      return await launcher.ask({ do: "freeze", part: fault.part, seconds: fault.seconds })
    case "away":
      return await launcher.ask({ do: "take-away", part: fault.part, seconds: fault.seconds })
  }
}

/** Tells the broker how to pass on what is published from now on. */
export async function passOn(launcher: Launcher, messages: Messages, seed: number): Promise<void> {
  const repetition = repetitions[messages]
  await launcher.ask({
    do: "repeat",
    ...(repetition && { repetition: { ...repetition, seed: String(seed) } }),
  })
}
