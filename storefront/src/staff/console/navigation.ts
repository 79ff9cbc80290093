import type { NavigationGroup } from "../navigation.ts"

export const consoleNavigation: NavigationGroup = { label: "Console", entries: [] }
