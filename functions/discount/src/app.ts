import { app, del, followUp, get, on, post, put } from "@eshop/building-blocks/app/app"
import { healthRoutes } from "@eshop/building-blocks/app/health"
import { auditRoutes } from "@eshop/building-blocks/audit/audit"
import { deadLetterRoutes } from "@eshop/building-blocks/messaging/dead-letters"
import { erasedCustomerRoutes } from "@eshop/building-blocks/personal-data/erased-customers"
import { logLevelRoutes } from "@eshop/building-blocks/telemetry/log-level"
import { CustomerErased, OrderCancelled, OrderPaid } from "@eshop/domain/contracts/ordering-events"
import { addBatch } from "./codes/add-batch.ts"
import { getBatch } from "./codes/get-batch.ts"
import { listBatches } from "./codes/list-batches.ts"
import { listCodes } from "./codes/list-codes.ts"
import { makeCodes } from "./codes/make-codes.ts"
import { createCoupon } from "./coupons/create-coupon.ts"
import { deleteCoupon } from "./coupons/delete-coupon.ts"
import { getCoupon } from "./coupons/get-coupon.ts"
import { getCouponUsage } from "./coupons/get-coupon-usage.ts"
import { listCoupons } from "./coupons/list-coupons.ts"
import { updateCoupon } from "./coupons/update-coupon.ts"
import { eraseCustomer } from "./customers/erase-customer.ts"
import { getCustomerData } from "./customers/get-customer-data.ts"
import { orderCancelled } from "./customers/order-cancelled.ts"
import { orderPaid } from "./customers/order-paid.ts"
import { previewRule } from "./previews/preview-rule.ts"
import { createPromotion } from "./promotions/create-promotion.ts"
import { deletePromotion } from "./promotions/delete-promotion.ts"
import { getPromotion } from "./promotions/get-promotion.ts"
import { listPromotions } from "./promotions/list-promotions.ts"
import { updatePromotion } from "./promotions/update-promotion.ts"
import { quote } from "./quotes/quote.ts"
import { confirmRedemption } from "./redemptions/confirm-redemption.ts"
import { reconcileRedemptions } from "./redemptions/reconcile-redemptions.ts"
import { releaseRedemption } from "./redemptions/release-redemption.ts"
import { reserveRedemption } from "./redemptions/reserve-redemption.ts"

const write = { access: { role: "discount.write" } } as const
const versioned = { ...write, etag: "version" } as const
const redeem = { access: { role: "discount.redeem" } } as const

/** Discount: promotions, coupons and their redemptions. Every change is idempotent: no transaction, hence no outbox. */
export const discount = app(
  "discount",
  [
    post("quotes", quote, { access: { role: "discount.quote" } }),
    post("previews", previewRule, write),

    get("promotions", listPromotions, write),
    post("promotions", createPromotion, {
      ...versioned,
      status: 201,
      idempotent: true,
      location: ({ id }) => `/discount/promotions/${id}`,
    }),
    get("promotions/{id}", getPromotion, versioned),
    put("promotions/{id}", updatePromotion, versioned),
    del("promotions/{id}", deletePromotion, write),

    get("coupons", listCoupons, write),
    post("coupons", createCoupon, {
      ...versioned,
      status: 201,
      idempotent: true,
      location: ({ code }) => `/discount/coupons/${code}`,
    }),
    get("coupons/{code}", getCoupon, versioned),
    put("coupons/{code}", updateCoupon, versioned),
    del("coupons/{code}", deleteCoupon, write),
    get("coupons/{code}/usage", getCouponUsage, write),
    put("coupons/{code}/batches/{batchId}", addBatch, { ...write, status: 202 }),
    get("coupons/{code}/batches", listBatches, write),
    get("coupons/{code}/batches/{batchId}", getBatch, write),
    get("coupons/{code}/codes", listCodes, write),
    followUp(makeCodes),

    put("redemptions/{orderId}", reserveRedemption, redeem),
    post("redemptions/{orderId}/confirm", confirmRedemption, redeem),
    del("redemptions/{orderId}", releaseRedemption, redeem),
    post("operations/redemptions/reconcile", reconcileRedemptions, { access: { role: "operations" } }),

    on(OrderPaid, orderPaid),
    on(OrderCancelled, orderCancelled),
    on(CustomerErased, eraseCustomer),
    get("operations/customers/{customerId}/data", getCustomerData, { access: { role: "privacy.read" } }),
    ...erasedCustomerRoutes,
    ...auditRoutes("discount.write"),
    ...deadLetterRoutes,
    ...healthRoutes,
    ...logLevelRoutes,
  ],
  { transactional: false },
)
