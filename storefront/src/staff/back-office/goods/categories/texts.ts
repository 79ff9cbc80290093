import { messages } from "../../../../texts/messages.ts"
import { de } from "./texts.de.ts"

/** What the page of the categories says. */
export const en = {
  title: "Categories",
  "new-top": "New category at the top",
  none: "There is no category yet.",
  "column.name": "Category",
  "column.slug": "Address",
  "column.position": "Place",
  "column.actions": "Actions",
  under: "Add under {name}",
  "under-short": "Add under",
  edit: "Edit or move {name}",
  "edit-short": "Edit or move",
  delete: "Delete {name}",
  "delete-short": "Delete",
  "new.title": "New category",
  "edit.title": "Edit {name}",
  name: "Name ({language})",
  slug: "Address",
  "slug-hint": "/products?category={slug}",
  "slug-says": "Lower-case words and digits, joined by dashes",
  parent: "Lies under",
  "parent.top": "Nothing: at the top",
  position: "Place among its neighbours",
  "position-hint": "Lower numbers come first",
  save: "Save",
  create: "Create",
  cancel: "Cancel",
  stale: "Somebody else has changed this category meanwhile. What it is now:",
  "stale-again": "Yours is still in the form; save again to put it in place of theirs.",
  "not-empty": "It is not empty: {categories} categories and {products} products lie in it. Move them first.",
  "delete.title": "Delete {name}?",
  "delete.says": "Only an empty category can be deleted. Its address is free again.",
  "delete.confirm": "Yes, delete it",
  "delete.back": "Keep it",
  "done.created": "Created: {name}.",
  "done.changed": "Saved: {name}. Products below follow within seconds.",
  "done.deleted": "Deleted: {name}.",
} as const

export const t = messages(en, de)
