import { Button, Dialog, DialogTrigger, Heading, Modal, ModalOverlay } from "react-aria-components"
import { t } from "../texts/texts.ts"

/** A button that asks before it does what cannot be taken back. */
export function ConfirmButton(props: {
  label: string
  title: string
  says: string
  confirm: string
  isPending: boolean
  onConfirm: () => void
}) {
  return (
    <DialogTrigger>
      <Button className="button button-quiet" isDisabled={props.isPending}>
        {props.label}
      </Button>
      <ModalOverlay className="overlay" isDismissable>
        <Modal className="modal">
          <Dialog role="alertdialog" className="dialog">
            {({ close }) => (
              <>
                <Heading slot="title">{props.title}</Heading>
                <p>{props.says}</p>
                <div className="actions">
                  <Button
                    className="button button-danger"
                    onPress={() => {
                      props.onConfirm()
                      close()
                    }}
                  >
                    {props.confirm}
                  </Button>
                  <Button className="button button-quiet" onPress={close} autoFocus>
                    {t("dialog.back")}
                  </Button>
                </div>
              </>
            )}
          </Dialog>
        </Modal>
      </ModalOverlay>
    </DialogTrigger>
  )
}
