import { useMutation } from "@tanstack/react-query"
import { Link, useNavigate } from "@tanstack/react-router"
import { type FormEvent, useEffect, useRef, useState } from "react"
import { wrongMembers } from "../api/api.ts"
import { type Cart, once, useCart, useCartChange } from "../cart/cart.ts"
import { CartMessages } from "../cart/cart-messages.tsx"
import { BoughtLines, Totals } from "../cart/totals.tsx"
import { Loading } from "../design/loading.tsx"
import { Page } from "../design/page.tsx"
import { ProblemNotice } from "../design/problem-notice.tsx"
import { signIn, useCustomer } from "../session/session.ts"
import { type Money, money } from "../texts/format.ts"
import { inLanguage, plural, t } from "../texts/texts.ts"
import { AddressFields } from "./address-fields.tsx"
import { type Address, type CheckoutBody, changedTotal, useCheckout } from "./checkout.ts"
import { type Payment, PaymentField } from "./payment-field.tsx"
import type { HostedCard } from "./payment-provider.ts"
import { Reservation } from "./reservation.tsx"
import { TotalChanged } from "./total-changed.tsx"

export function CheckoutPage() {
  const { data: cart, error, refetch } = useCart()
  if (!cart) return error ? <ProblemNotice error={error} again={() => void refetch()} /> : <Loading />
  return <Checkout cart={cart} />
}

function Checkout({ cart }: { cart: Cart }) {
  const navigate = useNavigate()
  const customer = useCustomer()
  const place = useCheckout()
  const change = useCartChange()
  const [address, setAddress] = useState<Address>(() => emptyAddress(cart))
  const payment: Payment = useRef<HostedCard>(null)
  const tokenise = useMutation({ mutationFn: () => tokenOf(payment) })
  useHold(cart, change)

  const order = async (expectedTotal: Money) => {
    const paymentMethod = await tokenise.mutateAsync().catch(() => undefined)
    if (paymentMethod === undefined) return
    const shippingMethod = cart.shipping?.method
    const body: CheckoutBody = {
      expectedTotal: expectedTotal as CheckoutBody["expectedTotal"],
      ...(shippingMethod === undefined ? {} : { shippingMethod }),
      shippingAddress: written(address),
      paymentMethod,
    }
    place.mutate(body, {
      onSuccess: ({ orderId }) =>
        void navigate({ to: "/orders/$id", params: { id: orderId }, state: { placed: true } }),
    })
  }
  const isBusy = tokenise.isPending || place.isPending
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!isBusy) void order(cart.total)
  }
  const settled = ({ country, state }: Address) => {
    if (country === cart.delivery.country && (state || undefined) === cart.delivery.state) return
    change.mutate(once({ do: "deliver", country, ...(state ? { state } : {}) }))
  }

  if (cart.lines.length === 0 && !place.isSuccess) return <NothingToOrder />
  const changed = changedTotal(place.error)
  return (
    <Page title={t("checkout.title")} className="checkout">
      {cart.hold && <Reservation hold={cart.hold} />}
      <CartMessages cart={cart} />
      {!customer && (
        <p className="checkout-guest">
          {t("checkout.as-guest")}{" "}
          <button type="button" className="link-button" onClick={() => void signIn()}>
            {t("shell.sign-in")}
          </button>
        </p>
      )}
      <form className="cart-columns" onSubmit={submit}>
        <div className="checkout-fields">
          <AddressFields
            address={address}
            wrong={wrongMembers(place.error)}
            change={setAddress}
            settled={settled}
          />
          <ShippingField cart={cart} change={change} />
          <PaymentField payment={payment} mistake={tokenise.error?.message} />
        </div>
        <aside className="cart-summary" aria-label={t("cart.summary")}>
          <BoughtLines lines={cart.lines} />
          <Totals cart={cart} />
          {change.error && <ProblemNotice error={change.error} />}
          {changed ? (
            <TotalChanged problem={changed} agree={() => void order(changed.total)} isPending={isBusy} />
          ) : (
            <>
              {place.error && <ProblemNotice error={place.error} />}
              <button type="submit" className="button button-main" disabled={isBusy || change.isPending}>
                {tokenise.isPending
                  ? t("checkout.payment-checking")
                  : place.isPending
                    ? t("checkout.placing")
                    : t("checkout.place", { total: money(cart.total) })}
              </button>
            </>
          )}
        </aside>
      </form>
    </Page>
  )
}

declare module "@tanstack/react-router" {
  interface HistoryState {
    /** Whether the order on the page was placed a moment ago. */
    placed?: boolean
  }
}

/** @throws Error with what is wrong, in the visitor's language */
async function tokenOf({ current: card }: Payment): Promise<string> {
  if (!card) throw new Error(t("checkout.payment-failed"))
  return await card.paymentMethod()
}

const emptyAddress = ({ delivery }: Cart): Address => ({
  ...{ firstName: "", lastName: "", emailAddress: "", addressLine: "" },
  country: delivery.country ?? "",
  state: delivery.state ?? "",
})

/** The address as it was written, without what was left empty. */
const written = (address: Address): Address =>
  Object.fromEntries(
    Object.entries(address).flatMap(([name, value]) => (value.trim() === "" ? [] : [[name, value.trim()]])),
  ) as Address

/** Sets the units aside, once, when the shopper begins to check out. */
function useHold(cart: Cart, change: ReturnType<typeof useCartChange>): void {
  const isAsked = useRef(false)
  const hasLines = cart.lines.length > 0
  const { mutate } = change
  useEffect(() => {
    if (isAsked.current || !hasLines) return
    isAsked.current = true
    mutate(once({ do: "hold" }))
  }, [hasLines, mutate])
}

function NothingToOrder() {
  return (
    <Page title={t("checkout.title")}>
      <div className="empty">
        <p>{t("cart.empty")}</p>
        <Link to="/products" className="button">
          {t("cart.browse")}
        </Link>
      </div>
    </Page>
  )
}

function ShippingField({ cart, change }: { cart: Cart; change: ReturnType<typeof useCartChange> }) {
  const { delivery, shipping, shippingOffers } = cart
  const choose = (shippingMethod: string) => {
    const { country, state } = delivery
    change.mutate(
      once({ do: "deliver", ...(country ? { country } : {}), ...(state ? { state } : {}), shippingMethod }),
    )
  }
  return (
    <fieldset className="options">
      <legend>{t("checkout.shipping")}</legend>
      {shippingOffers.length === 0 && <p className="hint">{t("checkout.shipping-later")}</p>}
      {shippingOffers.map(({ method, name, days, price }) => (
        <label key={method} className="option">
          <input
            type="radio"
            name="shipping"
            checked={shipping?.method === method}
            onChange={() => choose(method)}
          />
          <span>
            {inLanguage(name)}
            {days && <span className="hint"> {daysOf(days)}</span>}
          </span>
          <span className="option-price">{price.amount === 0 ? t("checkout.free") : money(price)}</span>
        </label>
      ))}
    </fieldset>
  )
}

const daysOf = ({ min, max }: { min: number; max: number }): string =>
  min === max ? plural("checkout.day", max) : t("checkout.days", { min, max })
