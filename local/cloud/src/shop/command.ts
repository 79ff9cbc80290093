import { defaultPorts, type PartName } from "../settings.ts"

/** The option of a command that says where a part of the shop listens. */
export const portOption = (name: PartName) =>
  ({ type: "string", default: String(defaultPorts[name]) }) as const

/** Runs a command against the running shop; an error is its last line, and the exit code is then 1. */
export function runCommand(main: () => Promise<void>): void {
  main().catch((error: Error) => {
    const refused = (error.cause as { code?: string } | undefined)?.code === "ECONNREFUSED"
    console.error(
      refused
        ? "The shop is not running: start it with `npm start` in another terminal. If it listens on other ports than the usual ones, give them (--help)."
        : error.message,
    )
    process.exitCode = 1
  })
}
