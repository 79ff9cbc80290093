import { useCase } from "@eshop/building-blocks/use-case"
import { ProductChanged } from "@eshop/domain/events/catalog-events"
import type { ProductCopies } from "./ports.ts"

/** Keeps the copy of a product up to date; what arrives late changes nothing. */
export const keepProduct = ({ copies }: { copies: ProductCopies }) =>
  useCase("basket.keep-product", ProductChanged.data, (snapshot, call) =>
    call.transact((tx) => copies.keep(snapshot, tx)),
  )
