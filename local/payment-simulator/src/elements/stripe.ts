// What stands for Stripe.js (https://docs.stripe.com/js): as much of it as the shop uses. It runs in the shop's page and puts
// the card's fields there in a frame of the provider's origin, so that the page can read nothing of what is typed.
import type { FromFrame, PaymentMethodAnswer, ToFrame } from "./said.ts"

type Handler = (event: unknown) => void

const provider = new URL((document.currentScript as HTMLScriptElement).src).origin

function cardElement(publishableKey: string, locale: string) {
  const frame = document.createElement("iframe")
  const handlers = new Map<string, Handler[]>()
  const waiting = new Map<number, (answer: PaymentMethodAnswer) => void>()
  let asked = 0

  const say = (message: ToFrame) => frame.contentWindow?.postMessage(message, provider)
  const tell = (type: string, event: unknown = {}) => {
    for (const handler of handlers.get(type) ?? []) handler(event)
  }
  // From this frame of the provider's origin, and from nobody else.
  const listen = ({ origin, source, data }: MessageEvent<FromFrame>) => {
    if (origin !== provider || source !== frame.contentWindow) return
    switch (data.type) {
      case "height":
        frame.style.height = `${data.height}px`
        break
      case "submit":
        frame.closest("form")?.requestSubmit()
        break
      case "paid":
        waiting.get(data.number)?.(data.answer)
        waiting.delete(data.number)
        break
      default:
        tell(data.type, data)
    }
  }

  return {
    on(type: string, handler: Handler) {
      handlers.set(type, [...(handlers.get(type) ?? []), handler])
    },
    mount(container: HTMLElement) {
      const url = new URL("/elements/card.html", provider)
      url.search = new URLSearchParams({ key: publishableKey, parent: location.origin, locale }).toString()
      frame.src = url.href
      frame.title = locale === "de" ? "Sichere Eingabe der Kartendaten" : "Secure card payment input frame"
      frame.style.cssText = "display: block; width: 100%; border: 0"
      window.addEventListener("message", listen)
      container.replaceChildren(frame)
    },
    destroy() {
      window.removeEventListener("message", listen)
      frame.remove()
    },
    focus: () => say({ type: "focus" }),
    /** Not of Stripe's element: how `createPaymentMethod` asks the frame. */
    pay: () =>
      new Promise<PaymentMethodAnswer>((resolve) => {
        asked += 1
        waiting.set(asked, resolve)
        say({ type: "pay", number: asked })
      }),
  }
}

type CardElement = ReturnType<typeof cardElement>

/** @param publishableKey the simulator's; others are refused when the card is sent */
const stripe = (publishableKey: string, { locale = "en" }: { locale?: string } = {}) => ({
  elements: () => ({ create: (_: "card") => cardElement(publishableKey, locale) }),
  createPaymentMethod: ({ card }: { type: "card"; card: CardElement }) => card.pay(),
})

Object.assign(window, { Stripe: stripe })
