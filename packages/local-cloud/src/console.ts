import { styleText } from "node:util"
import type { Cloud, CloudEvent } from "./cloud.ts"
import { isAppName, type PartName } from "./settings.ts"

const NAME_WIDTH = 11
/** What an app prints is its own affair, unless it is one of these. */
const NOTEWORTHY = /\b(warn|warning|error|fail|failed|fatal|unhandled|exception)\b/i

const seconds = (milliseconds: number) => `${(milliseconds / 1000).toFixed(1)} s`
const name = (part: string) => part.padEnd(NAME_WIDTH)

/** Writes what happens in the local cloud to the terminal. */
export function terminal(options: { verbose: boolean; quiet: boolean }) {
  const print = (text: string) => process.stdout.write(`${text}\n`)
  const progress = options.quiet ? () => {} : print

  function event(happened: CloudEvent): void {
    switch (happened.type) {
      case "ready": {
        const time = seconds(happened.milliseconds).padStart(6)
        progress(`${styleText("green", "✔")} ${name(happened.part)} ${time}  ${happened.address}`)
        break
      }
      case "died": {
        const next = happened.delayMs === 0 ? "restarting …" : `restarting in ${seconds(happened.delayMs)} …`
        const again = happened.keepsDying ? "keeps dying" : "died"
        print(`${styleText("red", "✖")} ${happened.part} ${again} (${happened.reason}), ${next}`)
        for (const line of happened.output) print(styleText("dim", `    ${line}`))
        break
      }
      case "left-out":
        progress(`${styleText("dim", "–")} ${name(happened.part)} ${happened.reason}`)
        break
      case "ended-survivor":
        progress(`Ended ${happened.process}, left over from an earlier start`)
        break
      case "state":
        break
    }
  }

  function line(part: PartName, text: string): void {
    if (options.verbose || (isAppName(part) && NOTEWORTHY.test(text))) {
      print(`${styleText("cyan", name(part))} ${text}`)
    }
  }

  function ready(cloud: Cloud, milliseconds: number): void {
    const { connections: to } = cloud
    const rows: [string, string][] = [
      ["shop", to.gateway],
      ["health", `${to.gateway}/health/ready`],
      ["sign in", `${to.identity}/dev/token?customer=mehmet`],
      ...Object.entries(to.apps),
      ["payments", to.payments],
      ["logs", `${cloud.dataDir}/logs`],
    ]
    print(`\nReady in ${styleText("bold", seconds(milliseconds))}. Ctrl-C stops everything.\n`)
    for (const [label, value] of rows) print(`  ${name(label)} ${value}`)
    print("\nPlace an order:            npm run order")
    print("Call it yourself:")
    print(
      `  curl -H "Authorization: Bearer $(curl -s -H 'Accept: text/plain' '${to.identity}/dev/token?customer=mehmet')" ${to.gateway}/basket/cart\n`,
    )
  }

  return {
    event,
    line,
    ready,
    starting: (cloud: Cloud) => progress(`Starting ${cloud.parts.length} parts; data in ${cloud.dataDir}\n`),
    stopping: () => progress("\nStopping: apps first, stores last. Ctrl-C again ends everything at once."),
    stopped: () => progress("Everything is stopped."),
  }
}
