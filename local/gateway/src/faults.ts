import type { createProxy, Passage } from "./proxy.ts"
import type { Target } from "./request-target.ts"

const service = { name: "faults", prefix: "/console/faults" }
const API = `${service.prefix}/api/`
const MAX_BODY_BYTES = 1024 * 1024

/** Whether something is asked of the switchboard of faults. Its page is one of the staff's. */
export const isForFaults = ({ pathname }: Target): boolean => pathname.startsWith(API)

/**
 * Passes it on.
 * @param upstream base URL of the part
 * @param readBody reads the request's body, so many bytes at most
 */
export async function answerFaults(
  proxy: ReturnType<typeof createProxy>,
  upstream: URL,
  { pathname, search, host }: Target,
  passage: Pick<Passage, "request" | "response" | "about">,
  readBody: (limit: number) => Promise<Passage["body"]>,
): Promise<void> {
  const body = await readBody(MAX_BODY_BYTES)
  const path = pathname.slice(service.prefix.length) + search
  proxy.forward({ ...passage, service, upstream, path, host, body })
}
