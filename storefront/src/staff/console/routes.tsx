/** The pages of this area. */
export const consoleRoutes = [] as const
