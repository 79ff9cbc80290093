import type { ReactNode } from "react"
import { money } from "../../../../texts/format.ts"
import { ActionDialog } from "../../../parts/action-dialog.tsx"
import { Moment } from "../../../parts/moment.tsx"
import { Table } from "../../../parts/table.tsx"
import { useHasRole } from "../../../roles.ts"
import { DeliverForm } from "./closing-forms.tsx"
import { t as commands } from "./command-texts.ts"
import { linesInWords, type Order } from "./orders.ts"
import { reasonInWords } from "./reasons.ts"
import { AcceptForm, RejectForm } from "./return-forms.tsx"
import { t } from "./texts.ts"

type Props = { order: Order; onDone: (says: string) => void }

/** A small table of what became of an order; nothing where there is nothing. */
function Facts(props: { title: string; columns: readonly string[]; count: number; children: ReactNode }) {
  if (props.count === 0) return null
  return (
    <section>
      <h2>{props.title}</h2>
      <Table label={props.title} columns={props.columns}>
        {props.children}
      </Table>
    </section>
  )
}

export function Parcels({ order, onDone }: Props) {
  const mayFulfil = useHasRole("orders.fulfil")
  const columns = [t("parcel.content"), t("parcel.carrier"), t("parcel.shipped"), t("parcel.delivered")]
  return (
    <Facts title={t("parcels.title")} columns={columns} count={order.shipments.length}>
      {order.shipments.map((parcel) => (
        <tr key={parcel.shipmentId}>
          <td>{linesInWords(order, parcel.lines)}</td>
          <td>{[parcel.carrier, parcel.trackingNumber].filter(Boolean).join(" · ") || "–"}</td>
          <td>
            <Moment at={parcel.shippedAt} />
          </td>
          <td>
            {parcel.deliveredAt !== undefined && <Moment at={parcel.deliveredAt} />}
            {parcel.deliveredAt === undefined && !mayFulfil && t("parcel.under-way")}
            <ActionDialog
              label={commands("deliver.do")}
              title={commands("deliver.title")}
              isOffered={parcel.deliveredAt === undefined && mayFulfil}
              isSmall
            >
              {(close) => <DeliverForm order={order} parcel={parcel} close={close} onDone={onDone} />}
            </ActionDialog>
          </td>
        </tr>
      ))}
    </Facts>
  )
}

/** A return is accepted or rejected by a person. */
function Decision({ order, returned, onDone }: Props & { returned: Order["returns"][number] }) {
  const mayManage = useHasRole("orders.manage")
  const isOffered = returned.status === "requested" && mayManage
  return (
    <div className="actions">
      <ActionDialog
        label={commands("accept.do")}
        title={commands("accept.title")}
        isOffered={isOffered}
        isSmall
      >
        {(close) => <AcceptForm order={order} returned={returned} close={close} onDone={onDone} />}
      </ActionDialog>
      <ActionDialog
        label={commands("reject.do")}
        title={commands("reject.title")}
        isOffered={isOffered}
        isSmall
      >
        {(close) => <RejectForm order={order} returned={returned} close={close} onDone={onDone} />}
      </ActionDialog>
    </div>
  )
}

export function Returns({ order, onDone }: Props) {
  const columns = [t("return.content"), t("return.reason"), t("return.requested"), t("return.state")]
  return (
    <Facts title={t("returns.title")} columns={columns} count={order.returns.length}>
      {order.returns.map((returned) => (
        <tr key={returned.returnId}>
          <td>{linesInWords(order, returned.lines)}</td>
          <td>{returned.withdrawal ? t("return.withdrawal") : reasonInWords(returned.reason)}</td>
          <td>
            <Moment at={returned.requestedAt} />
          </td>
          <td>
            {t(`return.state.${returned.status}`)}
            {returned.rejection !== undefined && `: ${reasonInWords(returned.rejection)}`}
            <Decision order={order} returned={returned} onDone={onDone} />
          </td>
        </tr>
      ))}
    </Facts>
  )
}

export function Refunds({ order }: { order: Order }) {
  const columns = [t("refund.amount"), t("refund.reason"), t("refund.requested"), t("refund.state")]
  return (
    <Facts title={t("refunds.title")} columns={columns} count={order.refunds.length}>
      {order.refunds.map(({ refundId, amount, reason, requestedAt, status, settledAt }) => (
        <tr key={refundId}>
          <td>{money(amount)}</td>
          <td>{reasonInWords(reason)}</td>
          <td>
            <Moment at={requestedAt} />
          </td>
          <td>
            {t(`refund.state.${status}`, { at: "" })}
            {settledAt !== undefined && <Moment at={settledAt} />}
          </td>
        </tr>
      ))}
    </Facts>
  )
}

export function Disputes({ order }: { order: Order }) {
  const disputes = order.work?.disputes ?? []
  const columns = [t("refund.amount"), t("refund.reason"), t("refund.requested"), t("refund.state")]
  return (
    <Facts title={t("disputes.title")} columns={columns} count={disputes.length}>
      {disputes.map(({ disputeId, amount, reason, status, openedAt }) => (
        <tr key={disputeId}>
          <td>{money(amount)}</td>
          <td>{reasonInWords(reason)}</td>
          <td>
            <Moment at={openedAt} />
          </td>
          <td>{t(`dispute.state.${status}`)}</td>
        </tr>
      ))}
    </Facts>
  )
}

export function Cancellations({ order }: { order: Order }) {
  const columns = [t("return.content"), t("return.reason"), t("refund.amount")]
  return (
    <Facts title={t("cancellations.title")} columns={columns} count={order.cancellations.length}>
      {order.cancellations.map(({ cancellationId, lines, reason, refund }) => (
        <tr key={cancellationId}>
          <td>{linesInWords(order, lines)}</td>
          <td>{reason.detail}</td>
          <td>{refund ? money(refund) : "–"}</td>
        </tr>
      ))}
    </Facts>
  )
}
