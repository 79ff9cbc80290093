import { type FormEvent, useState } from "react"
import {
  Button,
  Dialog,
  FieldError,
  Form,
  Heading,
  Input,
  Label,
  Modal,
  ModalOverlay,
  TextField,
} from "react-aria-components"
import { t } from "../texts.ts"
import { type Action, isWord } from "./actions.ts"

/** What can be taken back by nobody is marked. */
const grave: ReadonlySet<Action> = new Set(["skip", "compensate", "terminate", "purge"])

/**
 * Asks before an action, and why where its history is to say so.
 * @param count how many sagas it is done to
 * @param note what else is to be known
 */
export function ActionDialog(props: {
  action: Action
  count: number
  note?: string | undefined
  onConfirm: (reason: string) => void
  onClose: () => void
}) {
  const { action, count, note, onConfirm, onClose } = props
  const [reason, setReason] = useState("")
  const submit = (event: FormEvent) => {
    event.preventDefault()
    onConfirm(reason.trim())
    onClose()
  }
  const label = t(`action.${action}`)
  const of = count === 1 ? t("do.of-one") : t("do.of-many", { count })
  return (
    <ModalOverlay className="overlay" isOpen isDismissable onOpenChange={(isOpen) => !isOpen && onClose()}>
      <Modal className="modal">
        <Dialog role="alertdialog" className="dialog">
          <Heading slot="title">{t("do.title", { action: label, count: of })}</Heading>
          <p>{t(`explained.${action}`)}</p>
          {note && <p className="hint">{note}</p>}
          <Form className="dialog" onSubmit={submit}>
            {!isWord(action) && (
              <TextField
                className="field"
                value={reason}
                onChange={setReason}
                isRequired
                minLength={3}
                maxLength={200}
                autoFocus
              >
                <Label>{t("do.reason")}</Label>
                <Input autoComplete="off" />
                <FieldError className="field-mistake">{t("do.reason-missing")}</FieldError>
              </TextField>
            )}
            <div className="actions">
              <Button type="submit" className={`button ${grave.has(action) ? "button-danger" : ""}`}>
                {label}
              </Button>
              <Button className="button button-quiet" onPress={onClose} autoFocus={isWord(action)}>
                {t("do.back")}
              </Button>
            </div>
          </Form>
        </Dialog>
      </Modal>
    </ModalOverlay>
  )
}
