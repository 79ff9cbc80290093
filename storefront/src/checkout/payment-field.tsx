import { t } from "../texts/texts.ts"

/**
 * Stands where a payment provider's hosted field will be: like it, it gives a token of a payment method and keeps card data
 * away from the shop. This one knows the test methods of the payment simulator (and of Stripe's test mode).
 */
const methods = [
  "pm_card_visa",
  "pm_card_authenticationRequired",
  "pm_card_slow",
  "pm_card_chargeDeclined",
] as const

export type PaymentMethod = (typeof methods)[number]

export function PaymentField(props: { value: PaymentMethod; onChange: (method: PaymentMethod) => void }) {
  return (
    <fieldset className="options">
      <legend>{t("checkout.payment")}</legend>
      <p className="hint">{t("checkout.payment-hint")}</p>
      {methods.map((method) => (
        <label key={method} className="option">
          <input
            type="radio"
            name="payment"
            checked={props.value === method}
            onChange={() => props.onChange(method)}
          />
          <span>{t(`payment-method.${method}`)}</span>
        </label>
      ))}
    </fieldset>
  )
}
