import { execFile } from "node:child_process"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"

const program = fileURLToPath(import.meta.resolve("@eshop/storefront/prerender"))

/** Prerenders the pages of a shop, as its command does. @returns what the command said */
export async function prerenderPages(gateway: string, directory: string): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [
    program,
    "--gateway",
    gateway,
    "--out",
    directory,
  ])
  return stdout.trim()
}
