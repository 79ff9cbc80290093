import { CheckField, TextField } from "../../../parts/fields.tsx"
import type { Places } from "../../../parts/mistakes.tsx"
import { AttributesFields } from "./attributes-fields.tsx"
import { CategoriesField } from "./categories-field.tsx"
import type { Change, Draft } from "./draft.ts"
import { ImagesFields } from "./images-fields.tsx"
import type { Product } from "./products.ts"
import { t } from "./texts.ts"
import { TextsFields } from "./texts-fields.tsx"
import { VariantsFields } from "./variants-fields.tsx"

/** Where refusals belong that name no member. */
export const productPlaces: Places = {
  "slug.taken": () => ["/slug"],
  "product.category-unknown": () => ["/categories"],
}

/** Everything that a merchant says of a product. @param saved the product as it is, where there is one already */
export function ProductForm(props: { draft: Draft; change: Change; saved: Product | undefined }) {
  const { draft, change, saved } = props
  return (
    <>
      <TextsFields draft={draft} change={change} isNew={saved === undefined} />
      <section className="card">
        <h2>{t("address.title")}</h2>
        <div className="columns">
          <TextField
            label={t("address.slug")}
            value={draft.slug}
            onChange={(slug) => change({ slug })}
            pattern="[a-z0-9]+(-[a-z0-9]+)*"
            says={t("address.slug-says")}
            hint={
              saved && draft.slug !== saved.slug
                ? t("address.moves", { old: saved.slug })
                : t("address.slug-hint", { slug: draft.slug })
            }
            pointer="/slug"
            maxLength={120}
            required
          />
          <TextField
            label={t("address.brand")}
            value={draft.brand}
            onChange={(brand) => change({ brand })}
            pointer="/brand"
            maxLength={100}
          />
        </div>
        <CategoriesField draft={draft} change={change} />
        <CheckField
          label={t("address.featured")}
          value={draft.featured}
          onChange={(featured) => change({ featured })}
        />
      </section>
      <VariantsFields draft={draft} change={change} saved={saved} />
      <ImagesFields draft={draft} change={change} />
      <AttributesFields draft={draft} change={change} />
    </>
  )
}
