import type { NavigationGroup } from "../navigation.ts"
import { faultsEntry } from "./faults/navigation.ts"
import { t } from "./texts.ts"

export const consoleNavigation: NavigationGroup = {
  label: t("navigation.label"),
  entries: [
    {
      ...{ to: "/console/sagas", label: t("sagas.title"), says: t("navigation.sagas") },
      roles: ["orders.manage"],
    },
    {
      ...{ to: "/console/messages", label: t("letters.title"), says: t("navigation.letters") },
      roles: ["operations"],
    },
    {
      ...{ to: "/console/health", label: t("health.title"), says: t("navigation.health") },
      roles: ["operations"],
    },
    faultsEntry,
  ],
}
