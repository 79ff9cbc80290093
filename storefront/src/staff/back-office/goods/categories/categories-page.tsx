import "../goods.css"
import { catalogDeleteCategory } from "@eshop/shop-client/generated/sdk.gen"
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query"
import { useState } from "react"
import { ApiError, answerOf } from "../../../../api/api.ts"
import { codeOf } from "../../../../api/problem.ts"
import { Loading } from "../../../../design/loading.tsx"
import { Page } from "../../../../design/page.tsx"
import { ConfirmDialog } from "../../../parts/dialog.tsx"
import { NeedsRole } from "../../../parts/permission.tsx"
import { Table } from "../../../parts/table.tsx"
import { ProblemNotice } from "../../../problem-notice.tsx"
import { useHasRole } from "../../../roles.ts"
import { categoriesQuery, type PlacedCategory, placed } from "../products/products.ts"
import { WRITES_CATALOG } from "../roles.ts"
import { CategoryDialog, type Target } from "./category-dialog.tsx"
import { t } from "./texts.ts"

/** The tree of categories. */
export function CategoriesPage() {
  const isWriter = useHasRole(WRITES_CATALOG)
  return (
    <Page title={t("title")} className="goods">
      <NeedsRole role={WRITES_CATALOG} what={t("title")} />
      {isWriter && <Tree />}
    </Page>
  )
}

function Tree() {
  const { data, error, refetch } = useQuery(categoriesQuery)
  const client = useQueryClient()
  const [target, setTarget] = useState<Target>()
  const [doomed, setDoomed] = useState<PlacedCategory>()
  const [told, setTold] = useState("")
  const changed = (text: string) => {
    setTarget(undefined)
    setTold(text)
    void client.invalidateQueries({ queryKey: categoriesQuery.queryKey })
  }
  const remove = useMutation({
    mutationFn: ({ id }: PlacedCategory) => answerOf(catalogDeleteCategory({ path: { id } })),
    onMutate: () => setTold(""),
    onSuccess: (_, category) => changed(t("done.deleted", { name: category.path })),
  })
  const all = placed(data?.items ?? [])
  return (
    <>
      <div className="bar">
        <p role="status">{told}</p>
        <button
          type="button"
          className="button button-small"
          onClick={() => setTarget({ type: "new", parent: undefined })}
        >
          {t("new-top")}
        </button>
      </div>
      {error && <ProblemNotice error={error} again={() => void refetch()} />}
      {!data && !error && <Loading />}
      {remove.error && <DeletionRefused error={remove.error} />}
      {data && all.length === 0 && <p>{t("none")}</p>}
      {all.length > 0 && (
        <Table
          label={t("title")}
          columns={[
            ...[t("column.name"), t("column.slug")],
            { label: t("column.position"), isNumber: true },
            { label: t("column.actions"), isHidden: true },
          ]}
        >
          {all.map((category) => (
            <CategoryRow
              key={category.id}
              category={category}
              open={setTarget}
              remove={() => setDoomed(category)}
            />
          ))}
        </Table>
      )}
      {target && (
        <CategoryDialog target={target} all={all} onClose={() => setTarget(undefined)} onDone={changed} />
      )}
      {doomed && (
        <ConfirmDialog
          title={t("delete.title", { name: doomed.path })}
          says={t("delete.says")}
          confirm={t("delete.confirm")}
          back={t("delete.back")}
          onConfirm={() => {
            remove.mutate(doomed)
            setDoomed(undefined)
          }}
          onClose={() => setDoomed(undefined)}
        />
      )}
    </>
  )
}

type RowProps = {
  readonly category: PlacedCategory
  readonly open: (target: Target) => void
  readonly remove: () => void
}

function CategoryRow({ category, open, remove }: RowProps) {
  const name = category.path
  return (
    <tr>
      <th scope="row">
        <span className={`indent indent-${category.depth}`}>{category.name.en}</span>
      </th>
      <td>{category.slug}</td>
      <td className="number">{category.position}</td>
      <td className="row-actions">
        <button
          type="button"
          className="link-button"
          aria-label={t("under", { name })}
          onClick={() => open({ type: "new", parent: category.id })}
        >
          {t("under-short")}
        </button>
        <button
          type="button"
          className="link-button"
          aria-label={t("edit", { name })}
          onClick={() => open({ type: "edit", category })}
        >
          {t("edit-short")}
        </button>
        <button type="button" className="link-button" aria-label={t("delete", { name })} onClick={remove}>
          {t("delete-short")}
        </button>
      </td>
    </tr>
  )
}

/** A category that is not empty says how much is in it. */
function DeletionRefused({ error }: { error: Error }) {
  const problem = error instanceof ApiError ? error.problem : undefined
  if (!problem || codeOf(problem) !== "category.not-empty") return <ProblemNotice error={error} />
  const { categories, products } = problem as unknown as { categories: number; products: number }
  return (
    <p className="notice notice-problem" role="alert">
      {t("not-empty", { categories, products })}
    </p>
  )
}
