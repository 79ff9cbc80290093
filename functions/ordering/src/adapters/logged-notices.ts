import type { log } from "@eshop/building-blocks/telemetry/log"
import type { Notices } from "../notices/ports.ts"

/** Notices as lines of a log that say what would go out, and nothing of whom to. */
export const loggedNotices = (say: typeof log.info): Notices => ({
  async send({ id, kind, language }) {
    say("a notice would go out", { noticeId: id, kind, language })
  },
  async forget() {},
})
