/** The pages of this area. */
export const goodsRoutes = [] as const
