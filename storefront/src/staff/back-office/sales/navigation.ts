import type { NavigationGroup } from "../../navigation.ts"
import { t } from "./texts.ts"

export const salesNavigation: NavigationGroup = {
  label: t("navigation.label"),
  entries: [
    {
      to: "/back-office/orders",
      label: t("orders.title"),
      says: t("orders.says"),
      roles: ["orders.manage", "orders.fulfil"],
    },
    {
      to: "/back-office/promotions",
      label: t("promotions.title"),
      says: t("promotions.says"),
      roles: ["discount.write"],
    },
    {
      to: "/back-office/coupons",
      label: t("coupons.title"),
      says: t("coupons.says"),
      roles: ["discount.write"],
    },
    {
      to: "/back-office/webhooks",
      label: t("webhooks.title"),
      says: t("webhooks.says"),
      roles: ["orders.manage"],
    },
    {
      to: "/back-office/privacy",
      label: t("privacy.title"),
      says: t("privacy.says"),
      roles: ["privacy.manage"],
    },
  ],
}
