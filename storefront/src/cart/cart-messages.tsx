import { countryName, money } from "../texts/format.ts"
import { hasText, plural, t } from "../texts/texts.ts"
import { type Cart, type CartMessage, dismissMessages, useCartMessages } from "./cart.ts"
import { productName } from "./product-name.ts"

/** What a shopper has to know of the cart. Those that are told once stay until they are put away. */
export function CartMessages({ cart }: { cart: Cart }) {
  const messages = useCartMessages(cart)
  const nameOf = (sku: string) => {
    const line = cart.lines.find((one) => one.sku === sku)
    return line ? productName(line) : sku
  }
  return (
    <div role="status" aria-label={t("message.label")}>
      {messages.length > 0 && (
        <div className="notice cart-messages">
          <ul>
            {messages.map((message) => (
              <li key={JSON.stringify(message)}>{wordsOf(message, nameOf)}</li>
            ))}
          </ul>
          <button type="button" className="link-button" onClick={dismissMessages}>
            {t("message.dismiss")}
          </button>
        </div>
      )}
    </div>
  )
}

/** A message in words. Where the shop gave a reason in words of its own for a known code, ours are taken. */
export function wordsOf(message: CartMessage, nameOf: (sku: string) => string): string {
  switch (message.type) {
    case "price-changed": {
      const { sku, from, to } = message
      return t("message.price-changed", { name: nameOf(sku), from: money(from), to: money(to) })
    }
    case "quantity-adjusted":
      return t(`message.quantity-adjusted.${message.because}`, {
        ...{ name: nameOf(message.sku), from: message.from, to: message.to },
      })
    case "only-left":
      return plural("message.only-left", message.available, { name: nameOf(message.sku) })
    case "coupon-refused": {
      const key = `reason.${message.reason}`
      const because = hasText(key) ? t(key) : message.detail
      return t("message.coupon-refused", { code: message.code, because })
    }
    case "not-held":
      return message.shortages && message.shortages.length > 0
        ? message.shortages
            .map(({ sku, available }) => plural("message.only-left", available, { name: nameOf(sku) }))
            .join(" ")
        : t(message.reason === "hold.limit" ? "message.not-held.limit" : "message.not-held")
    case "order-returned": {
      const key = `reason.${message.reason}`
      return t("message.order-returned", { because: hasText(key) ? t(key) : t("reason.unknown") })
    }
    case "not-shipped-to":
      return t("message.not-shipped-to", { country: countryName(message.country) })
    case "cart-full":
    case "not-sold":
    case "not-counted":
      return t(`message.${message.type}`, { name: nameOf(message.sku) })
    default:
      return t(`message.${message.type}`)
  }
}
