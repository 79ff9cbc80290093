import { readConfiguration } from "../session/configuration.ts"
import { currentLanguage, t } from "../texts/texts.ts"

/** The part of Stripe.js that the shop uses (https://docs.stripe.com/js). */
type Stripe = {
  elements(): { create(type: "card", options: object): CardElement }
  createPaymentMethod(of: { type: "card"; card: CardElement }): Promise<PaymentMethodAnswer>
}

/** The card's fields in a frame of the provider's origin. */
export type CardElement = {
  mount(container: HTMLElement): void
  destroy(): void
  focus(): void
  on(event: "ready" | "change", handler: () => void): void
}

/** Either the token of a payment method, or why there is none, in the visitor's language. */
type PaymentMethodAnswer = {
  readonly paymentMethod?: { readonly id: string }
  readonly error?: { readonly message?: string }
}

declare global {
  interface Window {
    Stripe?: (publishableKey: string, options: { locale: string }) => Stripe
  }
}

/** How long the provider's script may take, in milliseconds. */
const PATIENCE_MS = 20_000

/** Loads the provider's script, once a page. It has to come from the provider itself (PCI DSS, SAQ A). */
async function loadStripe(): Promise<Stripe> {
  const { payments } = await readConfiguration()
  if (!window.Stripe) await runScript(payments.script)
  if (!window.Stripe) throw new Error(`${payments.script} is no Stripe.js`)
  return window.Stripe(payments.publishableKey, { locale: currentLanguage() })
}

function runScript(src: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const script = Object.assign(document.createElement("script"), { src, async: true })
    const fail = () => {
      script.remove()
      reject(new Error(`${src} could not be loaded`))
    }
    setTimeout(fail, PATIENCE_MS)
    script.onload = () => resolve()
    script.onerror = fail
    document.head.append(script)
  })
}

/** A card's fields, of which one payment method is made as long as nothing else is typed. */
export type HostedCard = {
  /** @throws Error with what the provider says, in the visitor's language */
  paymentMethod(): Promise<string>
  destroy(): void
}

/**
 * Shows the provider's fields in a container.
 * @returns once they can be typed in
 * @throws Error where they cannot be loaded
 */
export async function showCardFields(container: HTMLElement): Promise<HostedCard> {
  const stripe = await loadStripe()
  const { color, fontSize } = getComputedStyle(container)
  const card = stripe
    .elements()
    .create("card", { hidePostalCode: true, style: { base: { color, fontSize } } })
  let made: string | undefined
  card.on("change", () => {
    made = undefined
  })
  await new Promise<void>((resolve, reject) => {
    card.on("ready", resolve)
    setTimeout(() => reject(new Error("the card's fields do not appear")), PATIENCE_MS)
    card.mount(container)
  })
  return {
    async paymentMethod() {
      // The same again for the same card: an order that is sent twice has to be the same to the shop.
      if (made !== undefined) return made
      const { paymentMethod, error } = await stripe.createPaymentMethod({ type: "card", card })
      if (paymentMethod) {
        made = paymentMethod.id
        return made
      }
      card.focus()
      throw new Error(error?.message ?? t("checkout.payment-failed"))
    },
    destroy: () => card.destroy(),
  }
}
