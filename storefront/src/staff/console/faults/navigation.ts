import { t } from "./texts.ts"

/** Its entry of the console's navigation. */
export const faultsEntry = {
  to: "/console/faults",
  label: t("page.title"),
  says: t("navigation.says"),
  roles: ["operations", "orders.manage"],
} as const
