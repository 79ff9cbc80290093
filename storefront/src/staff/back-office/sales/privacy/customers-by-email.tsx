import { orderingFindCustomersByEmail } from "@eshop/shop-client/generated/sdk.gen"
import { useMutation } from "@tanstack/react-query"
import { useState } from "react"
import { answerOf } from "../../../../api/api.ts"
import { TextField } from "../../../parts/fields.tsx"
import { ProblemNotice } from "../../../problem-notice.tsx"
import { t } from "./texts.ts"

/** Finds the customers who have ordered with an e-mail address, for whoever has checked whose it is. */
export function CustomersByEmail({ onOpen }: { onOpen: (customerId: string) => void }) {
  const [email, setEmail] = useState("")
  const found = useMutation({
    mutationFn: (asked: string) => answerOf(orderingFindCustomersByEmail({ body: { email: asked } })),
  })
  return (
    <section className="card">
      <h2>{t("email.title")}</h2>
      <p>{t("email.says")}</p>
      <form
        className="find"
        onSubmit={(event) => {
          event.preventDefault()
          found.mutate(email.trim())
        }}
      >
        <TextField
          label={t("email")}
          value={email}
          onChange={setEmail}
          maxLength={254}
          pattern="[^@]+@[^@]+"
          says={t("email.pattern")}
          required
          isCode
        />
        <button type="submit" className="button button-quiet" disabled={found.isPending}>
          {t("email.find")}
        </button>
      </form>
      <div role="status">{found.data && <Found items={found.data.items} onOpen={onOpen} />}</div>
      {found.error && <ProblemNotice error={found.error} />}
    </section>
  )
}

type Customer = {
  readonly customerId: string
  readonly isGuest: boolean
  readonly orders: number
  readonly ordersWithOthers: number
}

function Found({ items, onOpen }: { items: readonly Customer[]; onOpen: (customerId: string) => void }) {
  if (items.length === 0) return <p>{t("email.none")}</p>
  return (
    <ul className="waits">
      {items.map(({ customerId, isGuest, orders, ordersWithOthers }) => (
        <li key={customerId}>
          <button type="button" className="link-button" onClick={() => onOpen(customerId)}>
            <code>{customerId}</code>
          </button>{" "}
          {t(isGuest ? "email.guest" : "email.account", { orders: String(orders) })}
          {ordersWithOthers > 0 && (
            <>
              {" "}
              <strong>{t("email.others", { orders: String(ordersWithOthers) })}</strong>
            </>
          )}
        </li>
      ))}
    </ul>
  )
}
