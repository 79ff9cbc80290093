import type { NavigationGroup } from "../../navigation.ts"

export const salesNavigation: NavigationGroup = { label: "What is bought", entries: [] }
