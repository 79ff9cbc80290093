import { type RefObject, useEffect, useRef, useState } from "react"
import { Loading } from "../design/loading.tsx"
import { t } from "../texts/texts.ts"
import { type HostedCard, showCardFields } from "./payment-provider.ts"

/** What the checkout asks the field for: the token of a payment method. */
export type Payment = RefObject<HostedCard | null>

/** The payment provider's own fields: what is typed there the shop's pages cannot read. @param mistake what it says of them */
export function PaymentField({ payment, mistake }: { payment: Payment; mistake: string | undefined }) {
  const container = useRef<HTMLDivElement>(null)
  const [state, setState] = useState<"loading" | "ready" | "failed">("loading")
  const [attempt, setAttempt] = useState(1)

  // biome-ignore lint/correctness/useExhaustiveDependencies: another attempt begins anew.
  useEffect(() => {
    let isGone = false
    setState("loading")
    showCardFields(container.current as HTMLDivElement).then(
      (card) => {
        if (isGone) return card.destroy()
        payment.current = card
        setState("ready")
      },
      (error: unknown) => {
        console.warn("The card's fields could not be shown.", error)
        if (!isGone) setState("failed")
      },
    )
    return () => {
      isGone = true
      payment.current?.destroy()
      payment.current = null
    }
  }, [attempt, payment])

  return (
    <fieldset className="options">
      <legend>{t("checkout.payment")}</legend>
      <p className="hint">{t("checkout.payment-hint")}</p>
      {state === "loading" && <Loading />}
      {state === "failed" && (
        <div className="notice notice-problem" role="alert">
          <p>{t("checkout.payment-failed")}</p>
          <button type="button" className="button button-small" onClick={() => setAttempt((one) => one + 1)}>
            {t("failed.again")}
          </button>
        </div>
      )}
      <div ref={container} className="payment-frame" />
      {mistake !== undefined && (
        <p className="field-mistake" role="alert">
          {mistake}
        </p>
      )}
    </fieldset>
  )
}
