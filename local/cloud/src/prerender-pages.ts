import { spawn } from "node:child_process"
import { constants, setPriority } from "node:os"
import { fileURLToPath } from "node:url"
import { pagesIn } from "./parts/edge.ts"

const program = fileURLToPath(import.meta.resolve("@eshop/storefront/prerender"))

/**
 * Brings the prerendered pages up to date in the background, behind everything that somebody waits for. Until then those
 * of the last time are served, or the pages that the script fills.
 * @param signal ends it
 * @param note is told why it failed
 */
export function prerenderPages(
  gateway: string,
  dataDirectory: string,
  signal: AbortSignal,
  note: (text: string) => void,
): void {
  const args = [program, "--gateway", gateway, "--out", pagesIn(dataDirectory), "--exit-with-parent"]
  const child = spawn(process.execPath, args, { signal, stdio: ["ignore", "ignore", "pipe", "ipc"] })
  if (child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_LOW)
  let errors = ""
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    errors += text
  })
  child.on("error", () => {})
  child.on("close", (code) => {
    // Ended by a signal it has not failed: Ctrl-C reaches it as well.
    if (code !== 0 && code !== null) note(`The pages could not be prerendered:\n${errors}`)
  })
  child.unref()
  child.channel?.unref()
}
