import type { NavigationGroup } from "../../navigation.ts"

export const goodsNavigation: NavigationGroup = { label: "What is sold", entries: [] }
