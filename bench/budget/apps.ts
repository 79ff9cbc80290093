import type { App } from "@eshop/building-blocks/app/app"
import { basket } from "../../functions/basket/src/app.ts"
import { catalog } from "../../functions/catalog/src/app.ts"
import { discount } from "../../functions/discount/src/app.ts"
import { ordering } from "../../functions/ordering/src/app.ts"

/** The apps as data. */
export const apps: readonly App<never>[] = [catalog, basket, discount, ordering]
