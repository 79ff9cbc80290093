import type { NavigationGroup } from "../../navigation.ts"
import { KEEPS_STOCK, WRITES_BASKET, WRITES_CATALOG } from "./roles.ts"
import { t } from "./texts.ts"

export const goodsNavigation: NavigationGroup = {
  label: t("navigation.label"),
  entries: [
    {
      to: "/back-office/products",
      label: t("products.title"),
      says: t("products.says"),
      roles: [WRITES_CATALOG],
    },
    {
      to: "/back-office/categories",
      label: t("categories.title"),
      says: t("categories.says"),
      roles: [WRITES_CATALOG],
    },
    { to: "/back-office/stock", label: t("stock.title"), says: t("stock.says"), roles: [KEEPS_STOCK] },
    {
      to: "/back-office/imports",
      label: t("imports.title"),
      says: t("imports.says"),
      roles: [WRITES_CATALOG],
    },
    {
      to: "/back-office/taxes",
      label: t("taxes.title"),
      says: t("taxes.says"),
      roles: [WRITES_CATALOG],
    },
    {
      to: "/back-office/shipping",
      label: t("shipping.title"),
      says: t("shipping.says"),
      roles: [WRITES_BASKET],
    },
    {
      to: "/back-office/audit",
      label: t("audit.title"),
      says: t("audit.says"),
      roles: [WRITES_CATALOG, WRITES_BASKET, "discount.write", "orders.manage"],
    },
  ],
}
