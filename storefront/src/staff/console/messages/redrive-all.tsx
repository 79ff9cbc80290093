import { Button, Dialog, DialogTrigger, Heading, Modal, ModalOverlay } from "react-aria-components"
import { t } from "../texts.ts"
import type { Context } from "./letters-search.ts"

/** Asks before everything of a context is sent again, also what is not shown. */
export function RedriveAll({ context, onConfirm }: { context: Context; onConfirm: () => void }) {
  return (
    <DialogTrigger>
      <Button className="button button-quiet button-small">{t("letters.redrive-all", { context })}</Button>
      <ModalOverlay className="overlay" isDismissable>
        <Modal className="modal">
          <Dialog role="alertdialog" className="dialog">
            {({ close }) => (
              <>
                <Heading slot="title">{t("letters.redrive-all", { context })}</Heading>
                <p>{t("letters.redrive-says", { context })}</p>
                <div className="actions">
                  <Button
                    className="button"
                    onPress={() => {
                      onConfirm()
                      close()
                    }}
                  >
                    {t("letters.redrive")}
                  </Button>
                  <Button className="button button-quiet" onPress={close} autoFocus>
                    {t("do.back")}
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
