import type { NavigationGroup } from "../../navigation.ts"

export const salesNavigation: NavigationGroup = {
  label: "What is bought",
  entries: [
    {
      to: "/back-office/orders",
      label: "Orders",
      says: "Find, ship, deliver, cancel, refund; decide returns",
      roles: ["orders.manage", "orders.fulfil"],
    },
    {
      to: "/back-office/promotions",
      label: "Promotions",
      says: "Discounts without a code, tried on a basket first",
      roles: ["discount.write"],
    },
    {
      to: "/back-office/coupons",
      label: "Coupons",
      says: "Discounts by code, batches of unique codes",
      roles: ["discount.write"],
    },
    {
      to: "/back-office/webhooks",
      label: "Webhooks",
      says: "Who is told what happens to orders, and how that went",
      roles: ["orders.manage"],
    },
    {
      to: "/back-office/privacy",
      label: "Privacy requests",
      says: "What is kept of a customer, and its erasure",
      roles: ["privacy.manage"],
    },
  ],
}
