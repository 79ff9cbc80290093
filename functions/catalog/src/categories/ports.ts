import type { Tx } from "@eshop/building-blocks/app/call"
import type { Categories as CategoriesById, Category } from "@eshop/domain/catalog/category"

/** Products whose categories lie elsewhere by now, or are called otherwise: those under one category, from one on. */
export type CategoryChange = {
  readonly position: number
  readonly categoryId: string
  readonly after: string
}

export type Categories = {
  find(id: string): Promise<Category | undefined>
  /** Grows by one with every change of any category. */
  treeVersion(): Promise<number>
  all(): Promise<{ readonly version: number; readonly categories: readonly Category[] }>

  /** All of them. Until the transaction has ended nobody changes one, and nobody puts a product into one. */
  lock(tx: Tx): Promise<CategoriesById>
  add(tx: Tx, category: Category): Promise<void>
  save(tx: Tx, category: Category): Promise<void>
  remove(tx: Tx, id: string): Promise<void>
  /** How many products are put into it, whatever their state. */
  countProducts(tx: Tx, id: string): Promise<number>
  /** Adds those that are not there yet; a parent comes before what lies under it. */
  addMissing(tx: Tx, categories: readonly Category[]): Promise<void>

  /** Asks for all products under it to be looked at. */
  queueChange(tx: Tx, categoryId: string): Promise<void>
  /** The oldest change that nobody else works at. */
  takeChange(tx: Tx): Promise<CategoryChange | undefined>
  /** @param after the last product that was looked at; undefined when all were */
  continueChange(tx: Tx, change: CategoryChange, after: string | undefined): Promise<void>
}
