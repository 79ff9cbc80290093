/** Writes products, prices, categories and imports. */
export const WRITES_CATALOG = "catalog.write"
/** Keeps the shipping methods. */
export const WRITES_BASKET = "basket.write"
/** Keeps the stock. */
export const KEEPS_STOCK = "inventory.write"
