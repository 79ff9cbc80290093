// The switchboard of faults as a process of its own, started by the launcher with a message channel:
//   node main.ts --port N --gateway URL --identity URL --ordering URL --payments URL [--script FILE]
import { readFile } from "node:fs/promises"
import { setTimeout as sleep } from "node:timers/promises"
import { parseArgs } from "node:util"
import { exitWithParent } from "@eshop/local-cloud/supervisor/exit-with-parent"
import { Script } from "./fault.ts"
import { launcherOf } from "./launcher.ts"
import { faultsPart } from "./part.ts"
import { paymentsAt } from "./payments.ts"
import { startFaults } from "./server.ts"
import { shopOf } from "./shop.ts"

const READY_POLL_MS = 250
/** A notice, which the launcher's terminal shows (sd-daemon(3)). */
const tell = (line: string) => console.log(`<5>${line}`)

const { values } = parseArgs({
  options: {
    port: { type: "string", default: "0" },
    gateway: { type: "string", default: "" },
    identity: { type: "string", default: "" },
    ordering: { type: "string", default: "" },
    payments: { type: "string", default: "" },
    script: { type: "string" },
  },
})
const { gateway, identity, ordering } = values
const shop = shopOf({ gateway, identity, ordering })
const launcher = launcherOf(process, (name) => {
  if (name === "servicebus") part.tellBroker().catch((error: Error) => console.error(error.message))
})
const part = faultsPart({
  launcher,
  payments: paymentsAt(values.payments, process.env.PAYMENT_API_KEY ?? ""),
  shop,
  now: () => new Date(),
})
const faults = await startFaults({
  port: Number(values.port),
  part,
  shop,
  running: () => Object.keys(launcher.states()),
})
console.log(`Faults on ${faults.url}`)
exitWithParent(() => faults.close())

/** Replays a script as soon as the shop is ready, and tells what came of it. */
async function replayFile(file: string): Promise<void> {
  const script = Script.parse(JSON.parse(await readFile(file, "utf8")))
  while (!(await shop.isReady())) await sleep(READY_POLL_MS)
  tell(`Replaying ${file}: ${script.orders.length} orders, ${script.faults.length} faults`)
  const { state, struck, missed, reason } = await part.replay(script).done
  if (state === "failed") tell(`The replay failed: ${reason}`)
  tell(`${struck} of ${script.faults.length} faults struck where the script says`)
  for (const { order, place, activity, run, fault } of missed)
    tell(`  not ${JSON.stringify(fault)} ${place} ${activity}, run ${run}, of order ${order}`)
}
if (values.script !== undefined) {
  replayFile(values.script).catch((error: Error) => tell(`The script cannot be replayed: ${error.message}`))
}
