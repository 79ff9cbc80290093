import type { Notices } from "../notices/ports.ts"

/** Notices as lines of a log that say what would go out, and nothing of whom to. */
export const loggedNotices = (log: (line: string) => void): Notices => ({
  async send({ id, kind, language }) {
    log(`notice=${id} kind=${kind} language=${language}`)
  },
  async forget() {},
})
