import { Link } from "@tanstack/react-router"
import { Picture } from "../design/picture.tsx"
import { money } from "../texts/format.ts"
import { t } from "../texts/texts.ts"
import type { Card } from "./catalog.ts"

/** Products side by side. */
export function ProductGrid({ cards, eager = 0 }: { cards: readonly Card[]; eager?: number }) {
  return (
    <ul className="product-grid">
      {cards.map((card, index) => (
        <li key={card.id}>
          <ProductCard card={card} isEager={index < eager} />
        </li>
      ))}
    </ul>
  )
}

function ProductCard({ card, isEager }: { card: Card; isEager: boolean }) {
  return (
    <Link to="/products/$slug" params={{ slug: card.slug }} className="product-card">
      <Picture url={card.image?.url} alt="" size={300} isEager={isEager} />
      <span className="product-card-brand">{card.brand}</span>
      <span className="product-card-name">{card.name}</span>
      {card.price && <span className="price">{money(card.price)}</span>}
      {!card.inStock && <span className="stock stock-out">{t("stock.out")}</span>}
    </Link>
  )
}
