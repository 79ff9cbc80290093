import { ActionDialog } from "../../../parts/action-dialog.tsx"
import { useHasRole } from "../../../roles.ts"
import { CancelForm } from "./cancel-form.tsx"
import { CloseForm } from "./closing-forms.tsx"
import { t } from "./command-texts.ts"
import { isUnderWay, type Order } from "./orders.ts"
import { RefundForm } from "./refund-form.tsx"
import { ShipForm } from "./ship-form.tsx"
import { t as words } from "./texts.ts"

/** What may be done to an order as it stands, by whoever is here. */
export function OrderActions({ order, onDone }: { order: Order; onDone: (says: string) => void }) {
  const mayFulfil = useHasRole("orders.fulfil")
  const mayManage = useHasRole("orders.manage")
  const { status, work } = order
  const isOpen = (work?.unshipped.length ?? 0) > 0
  const canShip = isOpen
  const canCancel = isUnderWay(order) || isOpen
  const canRefund = (work?.money?.refundable.amount ?? 0) > 0
  const canClose = status === "Delivered"
  const canNothing = !canShip && !canCancel && !canRefund && !canClose
  return (
    <section className="order-do" aria-label={words("do.title")}>
      <div className="actions">
        <ActionDialog label={t("ship.do")} title={t("ship.title")} isOffered={canShip && mayFulfil} isMain>
          {(close) => <ShipForm order={order} close={close} onDone={onDone} />}
        </ActionDialog>
        <ActionDialog label={t("close.do")} title={t("close.title")} isOffered={canClose && mayManage}>
          {(close) => <CloseForm order={order} close={close} onDone={onDone} />}
        </ActionDialog>
        <ActionDialog label={t("refund.do")} title={t("refund.title")} isOffered={canRefund && mayManage}>
          {(close) => <RefundForm order={order} close={close} onDone={onDone} />}
        </ActionDialog>
        <ActionDialog label={t("cancel.do")} title={t("cancel.title")} isOffered={canCancel && mayManage}>
          {(close) => <CancelForm order={order} close={close} onDone={onDone} />}
        </ActionDialog>
      </div>
      {!mayFulfil && canShip && <p className="hint">{t("role.fulfil")}</p>}
      {!mayManage && <p className="hint">{t("role.manage")}</p>}
      {canNothing && <p className="hint">{t("nothing")}</p>}
    </section>
  )
}
