import { orderingLookUpOrder } from "@eshop/shop-client/generated/sdk.gen"
import { useMutation } from "@tanstack/react-query"
import { useState } from "react"
import { answerOf } from "../api/api.ts"
import { Page } from "../design/page.tsx"
import { ProblemNotice } from "../design/problem-notice.tsx"
import { t } from "../texts/texts.ts"

/** A guest's way to an order: a link goes to its e-mail address. Whether there is one is told to nobody else. */
export function FindOrderPage() {
  const [order, setOrder] = useState("")
  const [email, setEmail] = useState("")
  const lookUp = useMutation({
    mutationFn: async () => {
      await answerOf(orderingLookUpOrder({ body: { order: order.trim(), email: email.trim() } }))
    },
  })
  return (
    <Page title={t("find.title")}>
      <p>{t("find.says")}</p>
      <form
        className="narrow-form"
        onSubmit={(event) => {
          event.preventDefault()
          lookUp.mutate()
        }}
      >
        <label className="field">
          <span>{t("find.number")}</span>
          <input required maxLength={40} value={order} onChange={({ target }) => setOrder(target.value)} />
        </label>
        <label className="field">
          <span>{t("address.emailAddress")}</span>
          <input
            type="email"
            required
            maxLength={254}
            autoComplete="email"
            value={email}
            onChange={({ target }) => setEmail(target.value)}
          />
        </label>
        {lookUp.error && <ProblemNotice error={lookUp.error} />}
        <div role="status">{lookUp.isSuccess && <p className="notice notice-good">{t("find.sent")}</p>}</div>
        <button type="submit" className="button" disabled={lookUp.isPending}>
          {t("find.send")}
        </button>
      </form>
    </Page>
  )
}
