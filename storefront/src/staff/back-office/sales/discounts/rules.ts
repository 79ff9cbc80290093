import {
  catalogGetProduct,
  catalogListCategories,
  discountGetCoupon,
  discountGetCouponUsage,
  discountGetPromotion,
  discountListCoupons,
  discountListPromotions,
} from "@eshop/shop-client/generated/sdk.gen"
import type {
  CategoryBranch,
  DiscountGetCouponResponse,
  DiscountGetPromotionResponse,
} from "@eshop/shop-client/generated/types.gen"
import { queryOptions } from "@tanstack/react-query"
import { answerOf } from "../../../../api/api.ts"
import { inLanguage } from "../../../../texts/texts.ts"

export type Promotion = DiscountGetPromotionResponse
export type Coupon = DiscountGetCouponResponse

const PAGE = 50
const page = (cursor: string | undefined) => ({ limit: PAGE, ...(cursor !== undefined && { cursor }) })

/** What is asked about promotions, or about coupons, has a key that begins with this. */
export const promotionsKey = ["promotions"] as const
export const couponsKey = ["coupons"] as const

export const promotionsQuery = (cursor: string | undefined) =>
  queryOptions({
    queryKey: [...promotionsKey, "list", cursor],
    queryFn: () => answerOf(discountListPromotions({ query: page(cursor) })),
    staleTime: 0,
  })

export const promotionQuery = (id: string) =>
  queryOptions({
    queryKey: [...promotionsKey, id],
    queryFn: () => answerOf<Promotion>(discountGetPromotion({ path: { id } })),
    staleTime: 0,
  })

export const couponsQuery = (cursor: string | undefined) =>
  queryOptions({
    queryKey: [...couponsKey, "list", cursor],
    queryFn: () => answerOf(discountListCoupons({ query: page(cursor) })),
    staleTime: 0,
  })

export const couponQuery = (code: string) =>
  queryOptions({
    queryKey: [...couponsKey, code],
    queryFn: () => answerOf<Coupon>(discountGetCoupon({ path: { code } })),
    staleTime: 0,
  })

/** How often a coupon is taken: counted where it has a limit. */
export const usageQuery = (code: string) =>
  queryOptions({
    queryKey: [...couponsKey, code, "usage"],
    queryFn: () => answerOf(discountGetCouponUsage({ path: { code } })),
    staleTime: 0,
  })

export type Category = { readonly id: string; readonly name: string; readonly depth: number }

const flat = (branches: readonly CategoryBranch[], depth: number): Category[] =>
  branches.flatMap(({ id, name, children }) => [
    { id, name: inLanguage(name), depth },
    ...flat(children, depth + 1),
  ])

/** All categories, each before those that lie under it. */
export const categoriesQuery = queryOptions({
  queryKey: ["categories", "flat"],
  queryFn: async () => flat((await answerOf(catalogListCategories())).items, 0),
  staleTime: 60_000,
})

export const productQuery = (id: string) =>
  queryOptions({
    queryKey: ["product", id],
    queryFn: () => answerOf(catalogGetProduct({ path: { id } })),
    staleTime: 60_000,
  })
