import { goodsNavigation } from "./back-office/goods/navigation.ts"
import { salesNavigation } from "./back-office/sales/navigation.ts"
import { consoleNavigation } from "./console/navigation.ts"
import type { NavigationGroup } from "./navigation.ts"

/** All pages that are in the navigation, in its order. */
export const navigation: readonly NavigationGroup[] = [goodsNavigation, salesNavigation, consoleNavigation]
