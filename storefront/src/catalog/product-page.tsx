import { useQuery } from "@tanstack/react-query"
import { getRouteApi, Link, Navigate } from "@tanstack/react-router"
import { useState } from "react"
import { once, useCartChange } from "../cart/cart.ts"
import { Loading } from "../design/loading.tsx"
import { useTitle } from "../design/page.tsx"
import { Picture } from "../design/picture.tsx"
import { ProblemNotice } from "../design/problem-notice.tsx"
import { QuantityField } from "../design/quantity-field.tsx"
import { money } from "../texts/format.ts"
import { inLanguage, t } from "../texts/texts.ts"
import { Breadcrumbs } from "./breadcrumbs.tsx"
import { type Product, productQuery, stockQuery, type Variant } from "./catalog.ts"
import { attributeName, attributeValue } from "./facets.tsx"
import { isThere, optionsOf, variantWith } from "./variants.ts"

const route = getRouteApi("/products/$slug")

/** Below this the number is told: "Only 3 left". */
const FEW = 10

export function ProductPage() {
  const { slug } = route.useParams()
  const { data, error, refetch } = useQuery(productQuery(slug))
  if (error) return <ProblemNotice error={error} again={() => void refetch()} />
  if (!data) return <Loading />
  // The product has moved: the address follows.
  if (data.slug !== slug) return <Navigate to="/products/$slug" params={{ slug: data.slug }} replace />
  return <ProductDetails product={data} />
}

function ProductDetails({ product }: { product: Product }) {
  const { sku } = route.useSearch()
  const navigate = route.useNavigate()
  const name = inLanguage(product.name)
  useTitle(name)
  const sold = product.variants.filter(({ price }) => price !== undefined)
  const variant = sold.find((one) => one.sku === sku) ?? sold[0]
  const choose = (next: Variant) =>
    void navigate({ search: { sku: next.sku }, replace: true, resetScroll: false })
  const description = inLanguage(product.description)
  return (
    <article className="page product">
      <Breadcrumbs category={product.categories[0]} />
      <Pictures product={product} variant={variant} />
      <div className="product-facts">
        {product.brand !== undefined && (
          <Link to="/products" search={{ brand: product.brand }} className="product-brand">
            {product.brand}
          </Link>
        )}
        <h1>{name}</h1>
        {variant ? (
          <>
            <PriceOf variant={variant} />
            <Choices variants={sold} variant={variant} choose={choose} />
            <Stock sku={variant.sku} />
            <AddToCart key={variant.sku} variant={variant} name={name} />
          </>
        ) : (
          <p className="notice">{t("product.not-sold")}</p>
        )}
        {description !== "" && <p className="product-description">{description}</p>}
        <Attributes product={product} />
      </div>
    </article>
  )
}

function Pictures({ product, variant }: { product: Product; variant: Variant | undefined }) {
  const [chosen, setChosen] = useState<{ sku: string | undefined; url: string }>()
  // A picture that was looked at counts until another variant is chosen.
  const url = chosen && chosen.sku === variant?.sku ? chosen.url : (variant?.image ?? product.images[0]?.url)
  const shown = product.images.find((image) => image.url === url)
  return (
    <div className="product-pictures">
      <Picture url={url} alt={shown ? inLanguage(shown.alt) : ""} size={600} isEager />
      {product.images.length > 1 && (
        <ul className="thumbnails" aria-label={t("product.pictures")}>
          {product.images.map((image) => (
            <li key={image.url}>
              <button
                type="button"
                className="thumbnail"
                aria-pressed={image.url === url}
                aria-label={inLanguage(image.alt)}
                onClick={() => setChosen({ sku: variant?.sku, url: image.url })}
              >
                <Picture url={image.url} alt="" size={72} />
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}

function PriceOf({ variant }: { variant: Variant }) {
  const { price, lowestPrice30Days, prices } = variant
  const isReduced = lowestPrice30Days !== undefined
  const tiers = prices.filter(({ minQuantity }) => minQuantity > 1)
  return (
    <div className="product-price">
      {price && (
        <p className={isReduced ? "price price-large price-reduced" : "price price-large"}>{money(price)}</p>
      )}
      {isReduced && (
        <p className="price-lowest">{t("product.lowest-price", { price: money(lowestPrice30Days) })}</p>
      )}
      <p className="price-tax">
        {t(prices.every(({ includesTax }) => includesTax) ? "product.with-tax" : "product.without-tax")}
      </p>
      {tiers.length > 0 && (
        <ul className="price-tiers">
          {tiers.map(({ minQuantity, unitPrice }) => (
            <li key={minQuantity}>{t("product.tier", { count: minQuantity, price: money(unitPrice) })}</li>
          ))}
        </ul>
      )}
    </div>
  )
}

type ChoicesProps = { variants: readonly Variant[]; variant: Variant; choose: (variant: Variant) => void }

function Choices({ variants, variant, choose }: ChoicesProps) {
  return optionsOf(variants).map(({ name, values }) => (
    <fieldset key={name} className="choice">
      <legend>
        {attributeName(name)}: <strong>{variant.options[name]}</strong>
      </legend>
      <div className="choice-values">
        {values.map((value) => (
          <label
            key={value}
            className={
              isThere(variants, variant, name, value) ? "choice-value" : "choice-value choice-value-elsewhere"
            }
          >
            <input
              type="radio"
              name={name}
              checked={variant.options[name] === value}
              onChange={() => choose(variantWith(variants, variant, name, value))}
            />
            <span>{value}</span>
          </label>
        ))}
      </div>
    </fieldset>
  ))
}

function Stock({ sku }: { sku: string }) {
  const { data } = useQuery(stockQuery(sku))
  // Unknown stock is no reason not to order: the checkout asks for it anyway.
  if (!data) return <p className="stock">&nbsp;</p>
  if (data.available > FEW) return <p className="stock stock-in">{t("stock.in")}</p>
  if (data.available > 0)
    return <p className="stock stock-few">{t("stock.few", { count: data.available })}</p>
  return data.backorder ? (
    <p className="stock">{t("stock.backorder")}</p>
  ) : (
    <p className="stock stock-out">{t("stock.out")}</p>
  )
}

function AddToCart({ variant, name }: { variant: Variant; name: string }) {
  const [quantity, setQuantity] = useState(variant.quantity.min)
  const change = useCartChange()
  const stock = useQuery(stockQuery(variant.sku)).data
  const isOut = stock !== undefined && stock.available === 0 && !stock.backorder
  return (
    <form
      className="add-to-cart"
      onSubmit={(event) => {
        event.preventDefault()
        change.mutate(once({ do: "add", sku: variant.sku, quantity }))
      }}
    >
      <QuantityField
        label={t("quantity.label")}
        value={quantity}
        rule={variant.quantity}
        onChange={setQuantity}
      />
      <button type="submit" className="button button-main" disabled={isOut || change.isPending}>
        {t(change.isPending ? "product.adding" : "product.add")}
      </button>
      <div role="status" className="add-to-cart-told">
        {change.isSuccess && (
          <p className="notice notice-good">
            {t("product.added", { name })} <Link to="/cart">{t("product.to-cart")}</Link>
          </p>
        )}
      </div>
      {change.error && <ProblemNotice error={change.error} />}
    </form>
  )
}

function Attributes({ product }: { product: Product }) {
  const entries = Object.entries(product.attributes)
  if (entries.length === 0) return null
  return (
    <section aria-labelledby="attributes">
      <h2 id="attributes">{t("product.attributes")}</h2>
      <dl className="attributes">
        {entries.map(([name, value]) => (
          <div key={name}>
            <dt>{attributeName(name)}</dt>
            <dd>{[value].flat().map(attributeValue).join(", ")}</dd>
          </div>
        ))}
      </dl>
    </section>
  )
}
