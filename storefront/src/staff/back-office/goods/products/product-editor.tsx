import { catalogDiscontinueProduct } from "@eshop/shop-client/generated/sdk.gen"
import { useMutation, useQueryClient } from "@tanstack/react-query"
import { Link } from "@tanstack/react-router"
import { useState } from "react"
import { answerOf } from "../../../../api/api.ts"
import { ConfirmDialog } from "../../../parts/dialog.tsx"
import { ChoiceField } from "../../../parts/fields.tsx"
import { exactly } from "../../../parts/local-time.ts"
import { MistakesOf } from "../../../parts/mistakes.tsx"
import { t as inForm } from "../../../parts/texts.ts"
import { UnsavedGuard } from "../../../parts/unsaved.tsx"
import { ProblemNotice } from "../../../problem-notice.tsx"
import { t as common } from "../texts.ts"
import { type Content, contentFrom, contentOf, type Draft, draftOf } from "./draft.ts"
import { isSame } from "./merge.ts"
import { ProductForm, productPlaces } from "./product-form.tsx"
import { productQuery, readProduct, type Seen } from "./products.ts"
import { bringBack, type Saved, saveProduct } from "./save-product.ts"
import { StaleDialog } from "./stale-dialog.tsx"
import { StatusBadge } from "./status-badge.tsx"
import { t } from "./texts.ts"

/** The form of a product that is there. @param seen the product as it was read */
export function ProductEditor({ seen }: { seen: Seen }) {
  const [base, setBase] = useState(seen)
  const [draft, setDraft] = useState(() => draftOf(contentOf(seen.product)))
  const [stale, setStale] = useState<Extract<Saved, { type: "stale" }>>()
  const [told, setTold] = useState("")
  const client = useQueryClient()
  const { product } = base
  const isDiscontinued = product.status === "discontinued"
  const isDirty = !isSame(contentFrom(draft), contentOf(product))
  /** Its state alone is another one by now. What is typed stays, and is still compared with what it was made of. */
  const statusBecame = (now: Seen) => {
    setBase(isDirty ? { ...base, product: { ...product, status: now.product.status } } : now)
    setDraft(isDirty ? { ...draft, status: "draft" } : draftOf(contentOf(now.product)))
  }

  const save = useMutation({
    mutationFn: ({ from, content }: { from: Seen; content: Content; sent: Draft }) =>
      saveProduct(from, content),
    onMutate: () => setTold(""),
    onSuccess: (answer, { from, sent }) => {
      void client.invalidateQueries({ queryKey: ["goods", "products"] })
      setStale(answer.type === "stale" ? answer : undefined)
      if (answer.type === "unchanged") setTold(t("edit.unchanged"))
      if (answer.type === "discontinued") statusBecame(answer.theirs)
      if (answer.type !== "saved") return
      const { slug } = answer.seen.product
      const old = from.product.slug
      client.setQueryData(productQuery(answer.seen.product.id).queryKey, answer.seen)
      setBase(answer.seen)
      // What was typed while the answer was on its way stays.
      setDraft((now) => (now === sent ? draftOf(contentOf(answer.seen.product)) : now))
      setTold(slug === old ? t("edit.saved") : t("edit.moved", { slug, old }))
    },
  })
  return (
    <form
      className="product-form"
      onSubmit={(event) => {
        event.preventDefault()
        save.mutate({ from: base, content: contentFrom(draft), sent: draft })
      }}
    >
      <UnsavedGuard isDirty={isDirty} />
      <Standing product={product} />
      {isDiscontinued && <Discontinued id={product.id} became={statusBecame} />}
      <MistakesOf error={save.error} places={productPlaces}>
        <ProductForm
          draft={draft}
          change={(next) => setDraft((before) => ({ ...before, ...next }))}
          saved={product}
        />
        <section className="card">
          <h2>{t("publish.title")}</h2>
          <ChoiceField
            className="field-narrow"
            label={t("publish.status")}
            value={draft.status}
            choices={[
              ["draft", common("status.draft")],
              ["published", common("status.published")],
            ]}
            onChange={(status) => setDraft({ ...draft, status })}
            hint={t("publish.hint")}
            pointer="/status"
          />
        </section>
      </MistakesOf>
      {save.error && <ProblemNotice error={save.error} />}
      <div className="save-bar">
        <button type="submit" className="button" disabled={save.isPending || isDiscontinued}>
          {inForm(save.isPending ? "form.saving" : "form.save")}
        </button>
        <p role="status">{told}</p>
        {!isDiscontinued && <Discontinue product={product} became={statusBecame} />}
      </div>
      {stale && (
        <StaleDialog
          stale={stale}
          onBack={() => setStale(undefined)}
          onSave={(content) => {
            setBase(stale.theirs)
            const sent = draftOf(content)
            setDraft(sent)
            setStale(undefined)
            save.mutate({ from: stale.theirs, content, sent })
          }}
        />
      )}
    </form>
  )
}

function Standing({ product }: { product: Seen["product"] }) {
  const isUnpriced = product.variants.some(({ price }) => price === undefined)
  return (
    <>
      <p className="standing">
        <StatusBadge status={product.status} />
        <span className="hint">
          {t("edit.version", { version: product.version, at: exactly(product.updatedAt) })}
        </span>
        {product.status === "published" && <a href={`/products/${product.slug}`}>{t("edit.in-shop")}</a>}
        <Link to="/back-office/audit" search={{ subject: `product ${product.id}` }}>
          {t("edit.trail")}
        </Link>
      </p>
      {product.status === "draft" && isUnpriced && <p className="notice">{t("edit.created")}</p>}
    </>
  )
}

type Becoming = { readonly became: (now: Seen) => void }

function Discontinued({ id, became }: Becoming & { readonly id: string }) {
  const back = useMutation({ mutationFn: () => bringBack(id), onSuccess: became })
  return (
    <div className="notice">
      <p>{t("edit.discontinued")}</p>
      {back.error && <ProblemNotice error={back.error} />}
      <button
        type="button"
        className="button button-small"
        disabled={back.isPending}
        onClick={() => back.mutate()}
      >
        {t("edit.bring-back")}
      </button>
    </div>
  )
}

function Discontinue({ product: { id, name }, became }: Becoming & { readonly product: Seen["product"] }) {
  const [isAsking, setAsking] = useState(false)
  const client = useQueryClient()
  const discontinue = useMutation({
    mutationFn: async () => {
      await answerOf(catalogDiscontinueProduct({ path: { id } }))
      return await readProduct(id)
    },
    onSuccess: (now) => {
      became(now)
      void client.invalidateQueries({ queryKey: ["goods", "products"] })
    },
  })
  return (
    <>
      <button
        type="button"
        className="button button-small button-quiet save-bar-end"
        disabled={discontinue.isPending}
        onClick={() => setAsking(true)}
      >
        {t("edit.discontinue")}
      </button>
      {discontinue.error && <ProblemNotice error={discontinue.error} />}
      {isAsking && (
        <ConfirmDialog
          title={t("edit.discontinue-title", { name: name.en ?? "" })}
          says={t("edit.discontinue-says")}
          confirm={t("edit.discontinue-confirm")}
          back={t("edit.discontinue-back")}
          onConfirm={() => {
            setAsking(false)
            discontinue.mutate()
          }}
          onClose={() => setAsking(false)}
        />
      )}
    </>
  )
}
