import { mkdir, readdir, rename, rm, writeFile } from "node:fs/promises"
import { join } from "node:path"
import type { ShopMailbox } from "../contact/ports.ts"
import type { Notices } from "../notices/ports.ts"

/**
 * Notices as files of a folder that only its owner may read: for a developer's machine. A notice that is sent again
 * takes its own place.
 */
export function noticeFolder(directory: string): Notices {
  return {
    async send(notice) {
      await writeWhole(directory, `${notice.orderId}.${notice.id}.json`, notice)
    },

    async forget(orderId) {
      await mkdir(directory, { recursive: true, mode: 0o700 })
      for (const file of await readdir(directory))
        if (file.startsWith(`${orderId}.`)) await rm(join(directory, file), { force: true })
    },
  }
}

/** What people write to the shop, in the same folder. */
export const mailboxFolder = (directory: string): ShopMailbox => ({
  take: (message) => writeWhole(directory, `contact.${message.id}.json`, message),
})

/** A reader sees a whole file or none. */
async function writeWhole(directory: string, name: string, content: object): Promise<void> {
  const file = join(directory, name)
  const write = () => writeFile(`${file}.new`, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 })
  await write().catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") throw error
    await mkdir(directory, { recursive: true, mode: 0o700 })
    await write()
  })
  await rename(`${file}.new`, file)
}
