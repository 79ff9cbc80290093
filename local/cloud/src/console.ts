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
    print(`  ${name("logs")} ${cloud.dataDir}/logs`)
    if (!runs("gateway") || !runs("identity") || !runs("basket")) return
    print("\nPlace an order:    npm run order")
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
    stopping: () => progress("\nStopping: apps first, stores last. Ctrl-C again ends everything at once."),
    stopped: () => progress("Everything is stopped."),
  }
}
