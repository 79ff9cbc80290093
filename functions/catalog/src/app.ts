import { app, del, followUp, get, getLines, on, patch, post, put } from "@eshop/building-blocks/app/app"
import { healthRoutes } from "@eshop/building-blocks/app/health"
import { auditRoutes } from "@eshop/building-blocks/audit/audit"
import { deadLetterRoutes } from "@eshop/building-blocks/messaging/dead-letters"
import { erasedCustomerRoutes } from "@eshop/building-blocks/personal-data/erased-customers"
import { logLevelRoutes } from "@eshop/building-blocks/telemetry/log-level"
import { upload } from "@eshop/building-blocks/uploads/upload"
import {
  CustomerErased,
  OrderCancelled,
  OrderCreated,
  OrderLinesCancelled,
  OrderPaid,
  OrderReturned,
} from "@eshop/domain/contracts/ordering-events"
import { exportProducts } from "./bulk/export-products.ts"
import { getFeed } from "./bulk/get-feed.ts"
import { importLines } from "./bulk/import-lines.ts"
import { listPublishedProducts } from "./bulk/list-published-products.ts"
import { createCategory } from "./categories/create-category.ts"
import { deleteCategory } from "./categories/delete-category.ts"
import { getCategory } from "./categories/get-category.ts"
import { listCategories } from "./categories/list-categories.ts"
import { patchCategory } from "./categories/patch-category.ts"
import { getImage } from "./images/get-image.ts"
import { applyPriceChanges } from "./prices/apply-price-changes.ts"
import { getPrices } from "./prices/get-prices.ts"
import { listPriceHistory } from "./prices/list-price-history.ts"
import { setPrices } from "./prices/set-prices.ts"
import { eraseCustomer } from "./privacy/erase-customer.ts"
import { getCustomerData } from "./privacy/get-customer-data.ts"
import { createProduct } from "./products/create-product.ts"
import { discontinueProduct } from "./products/discontinue-product.ts"
import { followCategoryChanges } from "./products/follow-category-changes.ts"
import { CATALOG_WRITE, getProduct, getProductBySlug } from "./products/get-product.ts"
import { getVariant } from "./products/get-variant.ts"
import { listProducts } from "./products/list-products.ts"
import { patchProduct } from "./products/patch-product.ts"
import { updateProduct } from "./products/update-product.ts"
import { getSearchIndex, rebuildSearch } from "./search/rebuild-search.ts"
import { refreshSearch } from "./search/refresh-search.ts"
import { searchProducts } from "./search/search-products.ts"
import { suggest } from "./search/suggest.ts"
import { adjustStock, INVENTORY_WRITE } from "./stock/adjust-stock.ts"
import { commitStock } from "./stock/commit-stock.ts"
import { expireReservations } from "./stock/expire-reservations.ts"
import { extendHold } from "./stock/extend-hold.ts"
import { getHold } from "./stock/get-hold.ts"
import { getStock } from "./stock/get-stock.ts"
import { getStockLevels } from "./stock/get-stock-levels.ts"
import { listAdjustments } from "./stock/list-adjustments.ts"
import { listStock } from "./stock/list-stock.ts"
import { putHold } from "./stock/put-hold.ts"
import { releaseHold } from "./stock/release-hold.ts"
import { releaseLines } from "./stock/release-lines.ts"
import { releaseStock } from "./stock/release-stock.ts"
import { reserveStock } from "./stock/reserve-stock.ts"
import { restockReturn } from "./stock/restock-return.ts"
import { setSafetyStock } from "./stock/set-safety-stock.ts"
import { listLocations, putLocation } from "./stock/stock-locations.ts"
import { getTaxRates } from "./taxes/get-tax-rates.ts"
import { listTaxCountries } from "./taxes/list-tax-countries.ts"
import { setTaxRates } from "./taxes/set-tax-rates.ts"

const writer = { role: CATALOG_WRITE }
const keepStock = { access: { role: INVENTORY_WRITE } } as const
const hold = { access: { role: "inventory.hold" } } as const

/** Catalog: products with their variants and prices, categories, tax rates, stock and its reservations. */
export const catalog = app("catalog", [
  get("products", listProducts, { access: "anyone" }),
  get("products/{id}", getProduct, { access: "anyone", etag: "version" }),
  get("products/by-slug/{slug}", getProductBySlug, { access: "anyone", etag: "version" }),
  post("products", createProduct, {
    access: writer,
    idempotent: true,
    status: 201,
    etag: "version",
    location: ({ id }) => `/catalog/products/${id}`,
  }),
  put("products/{id}", updateProduct, { access: writer, etag: "version" }),
  patch("products/{id}", patchProduct, { access: writer, etag: "version" }),
  del("products/{id}", discontinueProduct, { access: writer }),
  get("categories", listCategories, { access: "anyone", etag: "version" }),
  get("categories/{id}", getCategory, { access: "anyone", etag: "version" }),
  post("categories", createCategory, {
    access: writer,
    idempotent: true,
    status: 201,
    etag: "version",
    location: ({ id }) => `/catalog/categories/${id}`,
  }),
  patch("categories/{id}", patchCategory, { access: writer, etag: "version" }),
  del("categories/{id}", deleteCategory, { access: writer }),
  get("variants/{sku}", getVariant, { access: "anyone", etag: "version" }),
  get("variants/{sku}/prices", getPrices, { access: writer, etag: "version" }),
  put("variants/{sku}/prices", setPrices, { access: writer, etag: "version" }),
  get("variants/{sku}/prices/history", listPriceHistory, { access: writer }),
  get("tax-rates", listTaxCountries, { access: "anyone" }),
  get("tax-rates/{country}", getTaxRates, { access: "anyone", etag: "version" }),
  put("tax-rates/{country}", setTaxRates, { access: writer, etag: "version" }),
  get("variants/{sku}/stock", getStock, { access: "anyone" }),
  get("stock", listStock, keepStock),
  get("stock/{sku}", getStockLevels, keepStock),
  post("stock/{sku}/adjustments", adjustStock, { ...keepStock, idempotent: true }),
  get("stock/{sku}/adjustments", listAdjustments, keepStock),
  put("stock/{sku}/safety-stock", setSafetyStock, keepStock),
  get("stock-locations", listLocations, keepStock),
  put("stock-locations/{id}", putLocation, keepStock),
  put("holds/{holdId}", putHold, hold),
  get("holds/{holdId}", getHold, hold),
  patch("holds/{holdId}", extendHold, hold),
  del("holds/{holdId}", releaseHold, hold),
  ...upload("imports", importLines, {
    name: "catalog.import",
    access: writer,
    url: "/catalog/imports",
    // Every line of an export fits: a product is written in one body. Application Gateway's firewall takes no more.
    maxPartBytes: 2_000 * 1_024,
  }),
  getLines("export", exportProducts, { access: writer }),
  getLines("feed", getFeed, { access: "anyone", maxAgeSeconds: 300 }),
  getLines("published-products", listPublishedProducts, { access: "anyone", maxAgeSeconds: 60 }),
  ...auditRoutes(CATALOG_WRITE),
  get("images/{name}", getImage, {
    access: "anyone",
    file: { contentType: "image/svg+xml", maxAge: 86_400 },
  }),
  get("search", searchProducts, { access: "anyone" }),
  get("suggestions", suggest, { access: "anyone" }),
  get("operations/search", getSearchIndex, { access: { role: "operations" } }),
  post("operations/search/rebuild", rebuildSearch, { access: { role: "operations" }, status: 202 }),
  get("operations/customers/{customerId}/data", getCustomerData, { access: { role: "privacy.read" } }),
  ...erasedCustomerRoutes,
  ...deadLetterRoutes,
  ...healthRoutes,
  ...logLevelRoutes,
  on(OrderCreated, reserveStock),
  on(OrderPaid, commitStock),
  on(OrderCancelled, releaseStock),
  on(OrderLinesCancelled, releaseLines),
  on(OrderReturned, restockReturn),
  on(CustomerErased, eraseCustomer),
  followUp(expireReservations),
  // Of an import: products that several of its chunks change are made anew once a second.
  followUp(refreshSearch, 1_000),
  followUp(followCategoryChanges),
  followUp(applyPriceChanges),
])
