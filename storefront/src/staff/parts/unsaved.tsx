import { useBlocker } from "@tanstack/react-router"
import { ConfirmDialog } from "./dialog.tsx"
import { t } from "./texts.ts"

/** Asks before a page is left whose changes were not saved. */
export function UnsavedGuard({ isDirty }: { isDirty: boolean }) {
  const blocker = useBlocker({
    shouldBlockFn: () => isDirty,
    enableBeforeUnload: () => isDirty,
    withResolver: true,
  })
  if (blocker.status !== "blocked") return null
  return (
    <ConfirmDialog
      title={t("form.leave-title")}
      says={t("form.leave-says")}
      confirm={t("form.leave")}
      back={t("form.stay")}
      onConfirm={blocker.proceed}
      onClose={blocker.reset}
    />
  )
}
