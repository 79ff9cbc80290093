/** The pages of this area. */
export const salesRoutes = [] as const
