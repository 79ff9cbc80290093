import { mkdir, readdir, rename, rm, writeFile } from "node:fs/promises"
import { join } from "node:path"
import type { Notices } from "../notices/ports.ts"

/**
 * Notices as files of a folder that only its owner may read: for a developer's machine. A notice that is sent again
 * takes its own place.
 */
export function noticeFolder(directory: string): Notices {
  return {
    async send(notice) {
      await mkdir(directory, { recursive: true, mode: 0o700 })
      const file = join(directory, `${notice.orderId}.${notice.id}.json`)
      // A reader sees a whole file or none.
      await writeFile(`${file}.new`, `${JSON.stringify(notice, null, 2)}\n`, { mode: 0o600 })
      await rename(`${file}.new`, file)
    },

    async forget(orderId) {
      await mkdir(directory, { recursive: true, mode: 0o700 })
      for (const file of await readdir(directory))
        if (file.startsWith(`${orderId}.`)) await rm(join(directory, file), { force: true })
    },
  }
}
