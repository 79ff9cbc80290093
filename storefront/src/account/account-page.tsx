import {
  orderingExportMyData,
  orderingGetMyErasure,
  orderingRequestMyErasure,
} from "@eshop/shop-client/generated/sdk.gen"
import type { OrderingGetMyErasureResponse } from "@eshop/shop-client/generated/types.gen"
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query"
import { Link } from "@tanstack/react-router"
import { useState } from "react"
import { ApiError, answerOf, newKey } from "../api/api.ts"
import { ConfirmButton } from "../design/confirm-button.tsx"
import { Page } from "../design/page.tsx"
import { ProblemNotice } from "../design/problem-notice.tsx"
import { save } from "../orders/orders.ts"
import { useCustomer } from "../session/session.ts"
import { day } from "../texts/format.ts"
import { t } from "../texts/texts.ts"
import { SignInFirst } from "./sign-in-first.tsx"

const erasureKey = ["erasure"] as const

/** What the shop keeps of somebody: to read it, and to have it forgotten. */
export function AccountPage() {
  const customer = useCustomer()
  const erasure = useQuery({
    queryKey: erasureKey,
    queryFn: () => answerOf(orderingGetMyErasure()),
    staleTime: 0,
  })
  if (erasure.error instanceof ApiError && erasure.error.problem.status === 401)
    return <SignInFirst title={t("account.title")} />
  return (
    <Page title={t("account.title")}>
      <p>{customer ? t("account.signed-in", { name: customer.name }) : t("account.guest")}</p>
      <p>
        <Link to="/orders">{t("account.to-orders")}</Link>
      </p>
      <DataExport />
      {erasure.error ? (
        <ProblemNotice error={erasure.error} />
      ) : (
        erasure.data && <Erasure erasure={erasure.data} />
      )}
    </Page>
  )
}

function DataExport() {
  const download = useMutation({
    mutationFn: async () => {
      const data = await answerOf(orderingExportMyData())
      save(JSON.stringify(data, null, 2), "my-data.json", "application/json")
    },
  })
  return (
    <section>
      <h2>{t("account.export")}</h2>
      <p>{t("account.export-says")}</p>
      {download.error && <ProblemNotice error={download.error} />}
      <button
        type="button"
        className="button"
        disabled={download.isPending}
        onClick={() => download.mutate()}
      >
        {t(download.isPending ? "account.export-under-way" : "account.export-do")}
      </button>
    </section>
  )
}

function Erasure({ erasure }: { erasure: OrderingGetMyErasureResponse }) {
  const customer = useCustomer()
  const client = useQueryClient()
  const [key] = useState(newKey)
  const ask = useMutation({
    mutationFn: () => answerOf(orderingRequestMyErasure({ headers: { "Idempotency-Key": key } })),
    onSuccess: (answer) => client.setQueryData(erasureKey, answer),
  })
  const { status, waitsFor, kept } = erasure
  return (
    <section>
      <h2>{t("account.erasure")}</h2>
      <p>{t(`account.erasure.${status}`)}</p>
      {customer && status !== "erased" && <p>{t("account.erasure-guest")}</p>}
      {waitsFor.length > 0 && (
        <ul className="facts">
          {waitsFor.map(({ orderId, status: standing, until }) => (
            <li key={orderId}>
              <Link to="/orders/$id" params={{ id: orderId }}>
                {t("account.erasure-waits", { status: t(`status.${standing}`) })}
              </Link>
              {until !== undefined && ` ${t("account.erasure-until", { day: day(until) })}`}
            </li>
          ))}
        </ul>
      )}
      {kept.length > 0 && (
        <>
          <p>{t("account.erasure-kept")}</p>
          <ul className="facts">
            {kept.map(({ orderId, until }) => (
              <li key={orderId}>{t("account.erasure-kept-until", { day: day(until) })}</li>
            ))}
          </ul>
        </>
      )}
      {ask.error && <ProblemNotice error={ask.error} />}
      {status === "not-requested" && (
        <ConfirmButton
          label={t("account.erasure-do")}
          title={t("account.erasure-title")}
          says={t("account.erasure-warns")}
          confirm={t("account.erasure-confirm")}
          isPending={ask.isPending}
          onConfirm={() => ask.mutate()}
        />
      )}
    </section>
  )
}
