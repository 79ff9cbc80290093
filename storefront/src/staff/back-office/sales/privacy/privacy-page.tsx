import "../sales.css"
import {
  orderingExportCustomerData,
  orderingGetErasure,
  orderingRequestErasure,
} from "@eshop/shop-client/generated/sdk.gen"
import type { OrderingGetErasureResponse } from "@eshop/shop-client/generated/types.gen"
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query"
import { useState } from "react"
import { answerOf } from "../../../../api/api.ts"
import { ConfirmButton } from "../../../../design/confirm-button.tsx"
import { Loading } from "../../../../design/loading.tsx"
import { Page } from "../../../../design/page.tsx"
import { TextField } from "../../../parts/fields.tsx"
import { useKeyOf } from "../../../parts/keys.ts"
import { Moment } from "../../../parts/moment.tsx"
import { save } from "../../../parts/save.ts"
import { ProblemNotice } from "../../../problem-notice.tsx"
import { CustomersByEmail } from "./customers-by-email.tsx"
import { t } from "./texts.ts"

type Erasure = OrderingGetErasureResponse

const keyOfErasure = (customerId: string) => ["erasure", customerId] as const

/** What is kept of a customer, and its erasure. */
export function PrivacyPage() {
  const [typed, setTyped] = useState("")
  const [customerId, setCustomerId] = useState<string>()
  return (
    <Page title={t("title")} className="sales">
      <p>{t("says")}</p>
      <form
        className="find"
        onSubmit={(event) => {
          event.preventDefault()
          setCustomerId(typed.trim() || undefined)
        }}
      >
        <TextField
          label={t("id")}
          hint={t("id.hint")}
          value={typed}
          onChange={setTyped}
          maxLength={100}
          required
          isCode
        />
        <button type="submit" className="button">
          {t("open")}
        </button>
      </form>
      <CustomersByEmail
        onOpen={(found) => {
          setTyped(found)
          setCustomerId(found)
        }}
      />
      {customerId !== undefined && <Customer key={customerId} customerId={customerId} />}
    </Page>
  )
}

function Customer({ customerId }: { customerId: string }) {
  const { data, error, refetch } = useQuery({
    queryKey: keyOfErasure(customerId),
    queryFn: () => answerOf(orderingGetErasure({ path: { customerId } })),
    refetchInterval: ({ state }) => (state.data?.status === "waiting" ? 10_000 : false),
    staleTime: 0,
  })
  if (!data) return error ? <ProblemNotice error={error} again={() => void refetch()} /> : <Loading />
  return (
    <div className="privacy-cards">
      <Export customerId={customerId} />
      <ErasureCard erasure={data} />
    </div>
  )
}

function Export({ customerId }: { customerId: string }) {
  const download = useMutation({
    mutationFn: async () => {
      const data = await answerOf(orderingExportCustomerData({ path: { customerId } }))
      save(
        new Blob([JSON.stringify(data, null, 2)], { type: "application/json" }),
        `customer-${customerId}.json`,
      )
    },
  })
  return (
    <section className="card">
      <h2>{t("data.title")}</h2>
      <p>{t("data.says")}</p>
      <p>
        <button
          type="button"
          className="button button-quiet"
          disabled={download.isPending}
          onClick={() => download.mutate()}
        >
          {t("data.do")}
        </button>
      </p>
      <p role="status" className="hint">
        {download.isSuccess && t("data.done")}
      </p>
      {download.error && <ProblemNotice error={download.error} />}
    </section>
  )
}

function ErasureCard({ erasure }: { erasure: Erasure }) {
  const { customerId, status, requestedAt, erasedUntil } = erasure
  const client = useQueryClient()
  const keyOf = useKeyOf()
  const request = useMutation({
    // Asked for again after it was done, it is another request.
    mutationFn: () =>
      answerOf(
        orderingRequestErasure({
          path: { customerId },
          headers: { "Idempotency-Key": keyOf(erasedUntil) },
        }),
      ),
    onSettled: () => client.invalidateQueries({ queryKey: keyOfErasure(customerId) }),
  })
  return (
    <section className="card">
      <h2>{t("erasure.title")}</h2>
      <p role="status">
        <strong>{t(`state.${status}`)}</strong>
      </p>
      {requestedAt !== undefined && (
        <p>
          {t("requested")} <Moment at={requestedAt} />
        </p>
      )}
      {erasedUntil !== undefined && (
        <p>
          {t("erased-until")} <Moment at={erasedUntil} />
        </p>
      )}
      {status === "waiting" && <Guests erasure={erasure} />}
      {status === "waiting" && <Waits erasure={erasure} />}
      <Kept erasure={erasure} />
      {status !== "waiting" && (
        <p>
          <ConfirmButton
            label={t("erasure.do")}
            title={t("erasure.confirm.title")}
            says={t("erasure.confirm.says")}
            confirm={t("erasure.confirm.do")}
            isPending={request.isPending}
            onConfirm={() => request.mutate()}
          />
        </p>
      )}
      {request.error && <ProblemNotice error={request.error} />}
    </section>
  )
}

function Guests({ erasure: { guests } }: { erasure: Erasure }) {
  if (guests.length === 0) return null
  return (
    <>
      <h3>{t("guests.title")}</h3>
      <ul className="waits">
        {guests.map((guestId) => (
          <li key={guestId}>
            <code>{guestId}</code>
          </li>
        ))}
      </ul>
    </>
  )
}

function Waits({ erasure: { waitsFor } }: { erasure: Erasure }) {
  if (waitsFor.length === 0) return <p>{t("waits.none")}</p>
  return (
    <>
      <h3>{t("waits.title")}</h3>
      <ul className="waits">
        {waitsFor.map(({ orderId, says }) => (
          <li key={orderId}>
            {t("order")} <code>{orderId}</code>: {says}
          </li>
        ))}
      </ul>
    </>
  )
}

function Kept({ erasure: { kept } }: { erasure: Erasure }) {
  if (kept.length === 0) return null
  return (
    <>
      <h3>{t("kept.title")}</h3>
      <ul className="waits">
        {kept.map(({ orderId, until }) => (
          <li key={orderId}>
            {t("kept.invoice")} <Moment at={until} /> <code>{orderId}</code>
          </li>
        ))}
      </ul>
    </>
  )
}
