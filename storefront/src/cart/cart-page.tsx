import { Link } from "@tanstack/react-router"
import { type FormEvent, useState } from "react"
import { Loading } from "../design/loading.tsx"
import { Page } from "../design/page.tsx"
import { Picture } from "../design/picture.tsx"
import { ProblemNotice } from "../design/problem-notice.tsx"
import { QuantityField } from "../design/quantity-field.tsx"
import { countries } from "../texts/countries.ts"
import { money } from "../texts/format.ts"
import { t, useLanguage } from "../texts/texts.ts"
import { type Cart, type CartLine, once, useCart, useCartChange } from "./cart.ts"
import { CartMessages } from "./cart-messages.tsx"
import { productName } from "./product-name.ts"
import { Discounts, Totals } from "./totals.tsx"

export function CartPage() {
  const { data: cart, error, refetch } = useCart()
  const change = useCartChange()
  if (!cart) return error ? <ProblemNotice error={error} again={() => void refetch()} /> : <Loading />
  if (cart.lines.length === 0) {
    return (
      <Page title={t("cart.title")}>
        <CartMessages cart={cart} />
        <div className="empty">
          <p>{t("cart.empty")}</p>
          <Link to="/products" className="button">
            {t("cart.browse")}
          </Link>
        </div>
      </Page>
    )
  }
  return (
    <Page title={t("cart.title")} className="cart">
      <CartMessages cart={cart} />
      {error && <ProblemNotice error={error} again={() => void refetch()} />}
      {change.error && <ProblemNotice error={change.error} />}
      <div className="cart-columns">
        <ul className="cart-lines">
          {cart.lines.map((line) => (
            <Line key={line.sku} line={line} change={change} />
          ))}
        </ul>
        <aside className="cart-summary" aria-label={t("cart.summary")}>
          <Destination cart={cart} />
          <Coupon cart={cart} />
          <Totals cart={cart} />
          <Link to="/checkout" className="button button-main">
            {t("cart.checkout")}
          </Link>
        </aside>
      </div>
    </Page>
  )
}

type Change = ReturnType<typeof useCartChange>

function Line({ line, change }: { line: CartLine; change: Change }) {
  const name = productName(line)
  const options = Object.values(line.options).join(", ")
  const isListed = line.unitPrice.amount === line.listPrice.amount
  return (
    <li className="cart-line">
      <Picture url={line.image} alt="" size={96} />
      <div className="cart-line-what">
        {line.slug === undefined ? (
          <span className="cart-line-name">{name}</span>
        ) : (
          <Link
            to="/products/$slug"
            params={{ slug: line.slug }}
            search={{ sku: line.sku }}
            className="cart-line-name"
          >
            {name}
          </Link>
        )}
        {options !== "" && <p className="cart-line-options">{options}</p>}
        <p className="cart-line-unit">
          {!isListed && <s>{money(line.listPrice)}</s>} {t("cart.each", { price: money(line.unitPrice) })}
        </p>
        <Discounts discounts={line.discounts} />
      </div>
      <div className="cart-line-quantity">
        <QuantityField
          label={t("cart.quantity-of", { name })}
          isLabelHidden
          value={line.quantity}
          rule={line.quantityRule}
          onChange={(quantity) => change.mutate(once({ do: "set", sku: line.sku, quantity }))}
        />
        <button
          type="button"
          className="link-button"
          onClick={() => change.mutate(once({ do: "remove", sku: line.sku }))}
        >
          {t("cart.remove")}
          <span className="visually-hidden"> {name}</span>
        </button>
      </div>
      <p className="cart-line-total price">{money(line.total)}</p>
    </li>
  )
}

/** Where it goes decides taxes and shipping; the checkout asks for the whole address. */
function Destination({ cart }: { cart: Cart }) {
  const language = useLanguage()
  const change = useCartChange()
  const { delivery } = cart
  return (
    <div className="cart-destination">
      <label className="field">
        <span>{t("cart.country")}</span>
        <select
          value={delivery.country ?? ""}
          onChange={({ target }) => change.mutate(once({ do: "deliver", country: target.value }))}
        >
          {delivery.country === undefined && <option value="">{t("cart.country-choose")}</option>}
          {countries(language).map(({ code, name }) => (
            <option key={code} value={code}>
              {name}
            </option>
          ))}
        </select>
      </label>
      {change.error && <ProblemNotice error={change.error} />}
    </div>
  )
}

function Coupon({ cart }: { cart: Cart }) {
  const [code, setCode] = useState("")
  const change = useCartChange()
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const written = code.trim()
    if (written !== "")
      change.mutate(once({ do: "put-coupon", code: written }), { onSuccess: () => setCode("") })
  }
  if (cart.couponCode !== undefined) {
    return (
      <p className="coupon-taken">
        {t("cart.coupon-taken", { code: cart.couponCode })}{" "}
        <button
          type="button"
          className="link-button"
          onClick={() => change.mutate(once({ do: "remove-coupon" }))}
        >
          {t("cart.coupon-remove")}
        </button>
      </p>
    )
  }
  return (
    <form className="coupon-form" onSubmit={submit}>
      <label className="field">
        <span>{t("cart.coupon")}</span>
        <input
          value={code}
          onChange={({ target }) => setCode(target.value)}
          maxLength={40}
          autoComplete="off"
        />
      </label>
      <button type="submit" className="button button-quiet" disabled={change.isPending}>
        {t("cart.coupon-put")}
      </button>
      {change.error && <ProblemNotice error={change.error} />}
    </form>
  )
}
