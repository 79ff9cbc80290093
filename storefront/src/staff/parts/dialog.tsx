import type { ReactNode } from "react"
import { Dialog, Heading, Modal, ModalOverlay } from "react-aria-components"

/** A dialog over the page. It is left by Escape, or by what is in it. */
export function FormDialog(props: {
  readonly title: string
  readonly role?: "dialog" | "alertdialog"
  readonly isWide?: boolean
  readonly onClose: () => void
  readonly children: ReactNode
}) {
  return (
    <ModalOverlay className="overlay" isOpen onOpenChange={(isOpen) => isOpen || props.onClose()}>
      <Modal className={props.isWide ? "modal modal-wide" : "modal"}>
        <Dialog role={props.role ?? "dialog"} className="dialog">
          <Heading slot="title">{props.title}</Heading>
          {props.children}
        </Dialog>
      </Modal>
    </ModalOverlay>
  )
}

/** Asks before something is done that cannot be taken back. */
export function ConfirmDialog(props: {
  readonly title: string
  readonly says: string
  readonly confirm: string
  readonly back: string
  readonly onConfirm: () => void
  readonly onClose: () => void
}) {
  return (
    <FormDialog title={props.title} role="alertdialog" onClose={props.onClose}>
      <p>{props.says}</p>
      <div className="actions">
        <button type="button" className="button button-danger" onClick={props.onConfirm}>
          {props.confirm}
        </button>
        {/* biome-ignore lint/a11y/noAutofocus: of the two, the one that changes nothing. */}
        <button type="button" className="button button-quiet" onClick={props.onClose} autoFocus>
          {props.back}
        </button>
      </div>
    </FormDialog>
  )
}
