import { useEffect, useState } from "react"
import type { Cart } from "../cart/cart.ts"
import { countdown } from "../texts/format.ts"
import { t } from "../texts/texts.ts"

/** Counts down for how long the units are set aside. A screen reader is told once, not every second. */
export function Reservation({ hold }: { hold: NonNullable<Cart["hold"]> }) {
  const ends = Date.parse(hold.expiresAt)
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1_000)
    return () => clearInterval(timer)
  }, [])
  const seconds = Math.max(0, (ends - now) / 1_000)
  if (seconds === 0) return <p className="notice">{t("checkout.reservation-ended")}</p>
  return (
    <p className="reservation" role="timer" aria-live="off">
      {t("checkout.reserved")} <strong>{countdown(seconds)}</strong>
    </p>
  )
}
