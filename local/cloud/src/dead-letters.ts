// `npm run dead-letters`: the running shop's messages that wait for a person, and how they go on.
import { parseArgs } from "node:util"
import type { DeadLetter } from "@eshop/building-blocks/messaging/dead-letters"
import { connections, type DatabaseName, databaseNames, defaultPorts } from "./settings.ts"
import { portOption, runCommand } from "./shop/command.ts"
import { operator } from "./shop/operator.ts"

const USAGE = `npm run dead-letters -- list [options]
  the messages that have waited longest, at the most 100 of each app's parked ones and as many of the broker's
  --app NAME         of one app alone (${databaseNames.join(" | ")})
  --json             as JSON
npm run dead-letters -- redrive --all [--reason CODE] [--app NAME]
npm run dead-letters -- redrive --app NAME --source SOURCE --event ID
  sends messages again, to the app where they wait; the exit code is 1 when some had to stay
  --gateway-port N   where the shop listens (${defaultPorts.gateway}); --identity-port likewise`

const ROUTE = "/operations/dead-letters"

type List = { readonly letters: readonly DeadLetter[]; readonly parked: number }
type Counts = { readonly parked: number; readonly broker: number; readonly left: number }

/** A message's source and type are whatever its sender wrote: nothing of it may steer the terminal. */
const printable = (text: string) => text.replaceAll(/\p{C}/gu, "\ufffd")

function age(at: string): string {
  const seconds = Math.max(0, Math.round((Date.now() - Date.parse(at)) / 1_000))
  if (seconds < 60) return `${seconds} s`
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min`
  return seconds < 86_400 ? `${Math.floor(seconds / 3_600)} h` : `${Math.floor(seconds / 86_400)} d`
}

function lineOf(app: string, letter: DeadLetter): string {
  const { store, type, subject, reason, at, source, eventId } = letter
  const which = `--app ${app} --source ${source} --event ${eventId}`
  return printable([store, app, type || "no event", subject || "–", reason, age(at), which].join("  "))
}

function appsOf(name: string | undefined): readonly DatabaseName[] {
  if (name === undefined) return databaseNames
  const app = databaseNames.find((known) => known === name)
  if (!app) throw new Error(`There is no app ${name} with messages: ${databaseNames.join(", ")}`)
  return [app]
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      app: { type: "string" },
      json: { type: "boolean", default: false },
      all: { type: "boolean", default: false },
      reason: { type: "string" },
      source: { type: "string" },
      event: { type: "string" },
      "gateway-port": portOption("gateway"),
      "identity-port": portOption("identity"),
      help: { type: "boolean", default: false },
    },
  })
  if (values.help) return console.log(USAGE)
  const ports = {
    ...defaultPorts,
    gateway: Number(values["gateway-port"]),
    identity: Number(values["identity-port"]),
  }
  const { gateway, identity } = connections(ports, "", false)
  const call = operator(identity)
  const apps = appsOf(values.app)

  async function list(): Promise<void> {
    const lists = await Promise.all(
      apps.map(async (app) => {
        const request = { method: "GET", path: `${ROUTE}?limit=100` }
        return { app, ...(await call<List>(`${gateway}/${app}`, request)) }
      }),
    )
    const letters = lists.flatMap(({ app, letters }) => letters.map((letter) => ({ app, ...letter })))
    if (values.json) return console.log(JSON.stringify(letters, null, 2))
    for (const { app, ...letter } of letters) console.log(lineOf(app, letter))
    const parked = lists.reduce((sum, list) => sum + list.parked, 0)
    console.log(`Messages: ${letters.length} shown, ${parked} parked altogether.`)
  }

  async function redrive(): Promise<void> {
    const { all, reason, source, event: eventId, app } = values
    const isOne = app !== undefined && source !== undefined && eventId !== undefined && reason === undefined
    const isMany = all && source === undefined && eventId === undefined
    if (all ? !isMany : !isOne) throw new Error(USAGE)
    const body = JSON.stringify(all ? { all, reason } : { source, eventId })
    for (const app of apps) {
      const request = { method: "POST", path: `${ROUTE}/redrive`, body }
      const { parked, broker, left } = await call<Counts>(`${gateway}/${app}`, request)
      console.log(
        `${app}: ${parked} parked and ${broker} dead-lettered are on their way again, ${left} are left.`,
      )
      if (left > 0) process.exitCode = 1
    }
  }

  switch (positionals.join(" ")) {
    case "list":
      return await list()
    case "redrive":
      return await redrive()
    default:
      throw new Error(USAGE)
  }
}

runCommand(main)
