import { type ReactNode, useState } from "react"
import { Button, Dialog, DialogTrigger, Heading, Modal, ModalOverlay } from "react-aria-components"

type Props = {
  label: string
  title: string
  /** Whether it can be done; a dialog that is open stays, so that nobody loses what they were about to do. */
  isOffered?: boolean
  isSmall?: boolean
  isMain?: boolean
  /** What is asked and done; mounted anew whenever the dialog is opened. */
  children: (close: () => void) => ReactNode
}

/** A button that opens a form in a dialog. */
export function ActionDialog(props: Props) {
  const { label, title, isOffered = true, isSmall = false, isMain = false, children } = props
  const [isOpen, setOpen] = useState(false)
  if (!isOffered && !isOpen) return null
  const size = isSmall ? "button-small" : ""
  return (
    <DialogTrigger isOpen={isOpen} onOpenChange={setOpen}>
      <Button className={`button ${isMain ? "" : "button-quiet"} ${size}`}>{label}</Button>
      <ModalOverlay className="overlay">
        <Modal className="modal modal-form">
          <Dialog className="dialog">
            <Heading slot="title">{title}</Heading>
            {children(() => setOpen(false))}
          </Dialog>
        </Modal>
      </ModalOverlay>
    </DialogTrigger>
  )
}
