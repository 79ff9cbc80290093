import { styleText } from "node:util"
import type { Cloud, CloudEvent } from "./cloud.ts"
import { freshStart } from "./data-directory.ts"
import { readableLine } from "./readable-line.ts"
import { defaultPorts, isAppName, type PartName } from "./settings.ts"

const NAME_WIDTH = 11
/** Syslog's numbers; what is of less weight (information, debug) stays in the log. */
const WARNING = 4
const NOTICE = 5

type Died = Extract<CloudEvent, { type: "died" }>

const seconds = (milliseconds: number) => `${(milliseconds / 1000).toFixed(1)} s`
const name = (part: string) => part.padEnd(NAME_WIDTH)

/** What `npm run order` has to be told where the shop does not listen on the usual ports. */
function orderOptions({ ports }: Cloud): string {
  const moved = (["gateway", "identity", "payments"] as const).filter(
    (part) => ports[part] !== defaultPorts[part],
  )
  return moved.length === 0 ? "" : ` -- ${moved.map((part) => `--${part}-port ${ports[part]}`).join(" ")}`
}

/** Writes what happens in the local cloud to the terminal. */
export function terminal(options: { verbose: boolean; quiet: boolean; dataDir: string }) {
  const print = (text: string) => process.stdout.write(`${text}\n`)
  const progress = options.quiet ? () => {} : print
  /** Damaged files that were named already. */
  const damaged = new Map<string, string>()

  function died({ part, reason, keepsDying, delayMs, output, damage }: Died): void {
    const next = delayMs === 0 ? "restarting …" : `restarting in ${seconds(delayMs)} …`
    if (!keepsDying) print(`${styleText("red", "✖")} ${part} died (${reason}), ${next}`)
    else if (output.length > 0) {
      print(`${styleText("red", "✖")} ${part} keeps dying (${reason}); further tries are in its log only`)
    }
    if (!damage) for (const line of output) print(styleText("dim", `    ${line}`))
    else if (damaged.get(part) !== damage.file) {
      damaged.set(part, damage.file)
      print(`    ${damage.file} is damaged: ${damage.reason}`)
      print(`    Put a good copy back, or begin with empty data: ${freshStart(options.dataDir)}`)
    }
  }

  function event(happened: CloudEvent): void {
    switch (happened.type) {
      case "ready": {
        damaged.delete(happened.part)
        const time = seconds(happened.milliseconds).padStart(6)
        progress(`${styleText("green", "✔")} ${name(happened.part)} ${time}  ${happened.address}`)
        break
      }
      case "died":
        died(happened)
        break
      case "ended-survivor":
        progress(`Ended ${happened.process}, left over from an earlier start`)
        break
      case "state":
        break
    }
  }

  function line(part: PartName, text: string, level: number | undefined): void {
    const least = options.quiet ? WARNING : NOTICE
    if (options.verbose || (level !== undefined && level <= least)) {
      print(`${styleText("cyan", name(part))} ${readableLine(text)}`)
    }
  }

  function starting(cloud: Cloud): void {
    progress(`Starting ${cloud.parts.length} parts; data in ${cloud.dataDir}\n`)
    const runs = (part: PartName) => cloud.parts.some((handle) => handle.name === part)
    if (runs("basket") && !runs("redis")) {
      progress(
        `${styleText("dim", "–")} ${name("redis")} no redis-server on PATH: the basket runs on PostgreSQL alone`,
      )
    }
  }

  function ready(cloud: Cloud, milliseconds: number): void {
    const { gateway, identity } = cloud.connections
    const runs = (part: PartName) => cloud.parts.some((handle) => handle.name === part)
    print(`\nReady in ${styleText("bold", seconds(milliseconds))}. Ctrl-C stops everything.\n`)
    if (runs("gateway")) print(`  ${name("shop")} ${gateway}   (${gateway}/health/ready)`)
    if (runs("identity")) print(`  ${name("sign in")} ${identity}/dev/token?customer=mehmet`)
    for (const { name: part, address } of cloud.parts.filter((handle) => isAppName(handle.name))) {
      print(`  ${name(part)} ${address}`)
    }
    const telemetry = cloud.parts.find((handle) => handle.name === "telemetry")
    if (telemetry)
      print(`  ${name("telemetry")} ${telemetry.address}   (traces, logs and metrics of the last hour)`)
    if (runs("faults") && runs("gateway"))
      print(`  ${name("faults")} ${gateway}/console/faults   (what may go wrong, at a switch)`)
    print(`  ${name("logs")} ${cloud.dataDir}/logs`)
    if (!runs("gateway") || !runs("identity") || !runs("basket")) return
    print(`\nPlace an order:    npm run order${orderOptions(cloud)}`)
    print("Or call the shop yourself:")
    print(
      `  curl -H "Authorization: Bearer $(curl -s -H 'Accept: text/plain' '${identity}/dev/token?customer=mehmet')" ${gateway}/basket/cart\n`,
    )
  }

  return {
    event,
    line,
    ready,
    starting,
    needsRestart: (files: string[]) =>
      print(
        `${styleText("yellow", "!")} ${files.join(", ")} changed: Ctrl-C and \`npm start\` again apply it`,
      ),
    note: (text: string) => print(`${styleText("yellow", "!")} ${text}`),
    stopping: () => progress("\nStopping: apps first, stores last. Ctrl-C again ends everything at once."),
    stopped: () => progress("Everything is stopped."),
  }
}
