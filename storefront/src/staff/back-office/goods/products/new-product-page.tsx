import "../goods.css"
import "./products.css"
import { useMutation } from "@tanstack/react-query"
import { useNavigate } from "@tanstack/react-router"
import { useRef, useState } from "react"
import { newKey } from "../../../../api/api.ts"
import { Page } from "../../../../design/page.tsx"
import { MistakesOf } from "../../../parts/mistakes.tsx"
import { NeedsRole } from "../../../parts/permission.tsx"
import { UnsavedGuard } from "../../../parts/unsaved.tsx"
import { ProblemNotice } from "../../../problem-notice.tsx"
import { useHasRole } from "../../../roles.ts"
import { WRITES_CATALOG } from "../roles.ts"
import { type Content, contentFrom, emptyDraft } from "./draft.ts"
import { isSame } from "./merge.ts"
import { ProductForm, productPlaces } from "./product-form.tsx"
import { createProduct } from "./save-product.ts"
import { t } from "./texts.ts"

/** A product that is not there yet. */
export function NewProductPage() {
  const isWriter = useHasRole(WRITES_CATALOG)
  return (
    <Page title={t("edit.new")} className="goods">
      <NeedsRole role={WRITES_CATALOG} what={t("edit.new")} />
      {isWriter && <Creator />}
    </Page>
  )
}

function Creator() {
  const [first] = useState(emptyDraft)
  const [draft, setDraft] = useState(first)
  const keyOf = useKeyPerContent()
  const navigate = useNavigate()
  const create = useMutation({
    mutationFn: (content: Content) => createProduct(content, keyOf(content)),
    onSuccess: ({ product: { id } }) =>
      navigate({ to: "/back-office/products/$id", params: { id }, replace: true, ignoreBlocker: true }),
  })
  return (
    <form
      className="product-form"
      onSubmit={(event) => {
        event.preventDefault()
        create.mutate(contentFrom(draft))
      }}
    >
      <UnsavedGuard isDirty={draft !== first} />
      <MistakesOf error={create.error} places={productPlaces}>
        <ProductForm
          draft={draft}
          change={(next) => setDraft((before) => ({ ...before, ...next }))}
          saved={undefined}
        />
      </MistakesOf>
      {create.error && <ProblemNotice error={create.error} />}
      <div className="save-bar">
        <button type="submit" className="button" disabled={create.isPending}>
          {t("edit.create")}
        </button>
      </div>
    </form>
  )
}

/** A content that is sent once more, since its answer got lost, has the key of the first time; another one has its own. */
function useKeyPerContent(): (content: Content) => string {
  const last = useRef<{ content: Content; key: string }>(undefined)
  return (content) => {
    if (!last.current || !isSame(last.current.content, content)) last.current = { content, key: newKey() }
    return last.current.key
  }
}
