import { useEffect, useState } from "react"
import { t } from "../texts/texts.ts"

/** After this time somebody who waits is told that it takes long, in milliseconds. */
const SLOW_MS = 4_000

/** Stands where something will be: nothing at first, so that what is quick does not flicker; a word when it is slow. */
export function Loading() {
  const [isSlow, setSlow] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setSlow(true), SLOW_MS)
    return () => clearTimeout(timer)
  }, [])
  return (
    <div className="loading" role="status">
      <span className="spinner" aria-hidden="true" />
      <span>{t(isSlow ? "loading.slow" : "loading.says")}</span>
    </div>
  )
}
