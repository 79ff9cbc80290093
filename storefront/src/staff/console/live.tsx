import { useEffect, useState } from "react"
import { t } from "./texts.ts"
import { ago } from "./time.ts"

/** What is shown live is asked for this often, in milliseconds. */
const LIVE_MS = 3_000

/** What costs its app a connection of its own is asked for this often, in milliseconds. */
const COSTLY_MS = 15_000

/** The time, every second. */
export function useNow(): number {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1_000)
    return () => clearInterval(timer)
  }, [])
  return now
}

export type Live = {
  readonly isLive: boolean
  readonly toggle: () => void
  /** As queries take it. */
  readonly refetchInterval: number | false
  readonly costlyInterval: number | false
}

/** Whether what is shown follows what happens; a person may hold it to read. */
export function useLive(): Live {
  const [isLive, setLive] = useState(true)
  return {
    isLive,
    toggle: () => setLive((was) => !was),
    refetchInterval: isLive ? LIVE_MS : false,
    costlyInterval: isLive ? COSTLY_MS : false,
  }
}

/** Says how old what is shown is, and lets it be held. @param updatedAt milliseconds; 0 before there was an answer */
export function LiveBar({ live, updatedAt, now }: { live: Live; updatedAt: number; now: number }) {
  return (
    <p className="live">
      <span className={live.isLive ? "live-dot" : "live-dot live-dot-held"} aria-hidden="true" />
      {live.isLive ? t("live.on") : t("live.held")}
      {updatedAt > 0 && ` · ${t("live.updated", { ago: ago(updatedAt, now) })}`}
      <button type="button" className="button button-quiet button-small" onClick={live.toggle}>
        {live.isLive ? t("live.hold") : t("live.go-on")}
      </button>
    </p>
  )
}
