import "../sales.css"
import "./rules.css"
import {
  discountCreatePromotion,
  discountDeletePromotion,
  discountUpdatePromotion,
} from "@eshop/shop-client/generated/sdk.gen"
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query"
import { getRouteApi, useNavigate } from "@tanstack/react-router"
import { useState } from "react"
import { answerOf } from "../../../../api/api.ts"
import { ConfirmButton } from "../../../../design/confirm-button.tsx"
import { Page } from "../../../../design/page.tsx"
import { useKeyOf } from "../../../parts/keys.ts"
import { ProblemNotice } from "../../../problem-notice.tsx"
import { LoadedRule, RuleEditor, SaveBar } from "./editor.tsx"
import { Preview } from "./preview.tsx"
import { emptyRule, formOf, isComplete, type Rule, ruleOf } from "./rule-form.ts"
import { type Promotion, promotionQuery, promotionsKey } from "./rules.ts"
import { StaleNotice } from "./stale-notice.tsx"
import { t } from "./texts.ts"
import { useEdit } from "./use-edit.ts"

const route = getRouteApi("/back-office/promotions/$id")

const termsOf = ({ id: _, version: __, ...terms }: Promotion): Rule => terms

export function PromotionPage() {
  const { id } = route.useParams()
  const { data, error, refetch } = useQuery(promotionQuery(id))
  return (
    <LoadedRule
      title={t("promotions.title")}
      unknown={t("promotion.unknown")}
      isThere={data !== undefined}
      error={error}
      again={() => void refetch()}
    >
      {data && <Edited key={id} stored={data} error={error ?? undefined} />}
    </LoadedRule>
  )
}

function Edited({ stored, error }: { stored: Promotion; error: Error | undefined }) {
  const { id } = stored
  const edit = useEdit(stored, promotionQuery(id).queryKey, formOf, (form, base) =>
    answerOf<Promotion>(
      discountUpdatePromotion({
        path: { id },
        body: ruleOf(form, base),
        headers: { "If-Match": `"${base.version}"` },
      }),
    ),
  )
  const draft = ruleOf(edit.form, edit.base)
  return (
    <Page title={stored.name} className="sales rules">
      <RuleEditor
        form={edit.form}
        change={edit.change}
        onSave={edit.save}
        isDirty={edit.isDirty}
        error={edit.error}
        preview={<Preview draft={isComplete(edit.form) ? { promotion: draft, replaces: id } : undefined} />}
      >
        {edit.isStale && (
          <StaleNotice mine={draft} theirs={termsOf(stored)} keep={edit.keepMine} take={edit.takeTheirs} />
        )}
        <SaveBar
          label={t("save.do")}
          isStale={edit.isStale}
          isSaving={edit.isSaving}
          isSaved={edit.isSaved}
          error={edit.isStale ? undefined : (edit.error ?? error)}
        >
          <Delete promotion={stored} />
        </SaveBar>
      </RuleEditor>
    </Page>
  )
}

function Delete({ promotion: { id, name, version } }: { promotion: Promotion }) {
  const navigate = useNavigate()
  const client = useQueryClient()
  const remove = useMutation({
    mutationFn: () =>
      answerOf(discountDeletePromotion({ path: { id }, headers: { "If-Match": `"${version}"` } })),
    onSuccess: () => navigate({ to: "/back-office/promotions", ignoreBlocker: true }),
    onSettled: () => client.invalidateQueries({ queryKey: promotionsKey }),
  })
  return (
    <>
      <ConfirmButton
        label={t("delete.do")}
        title={t("delete.title", { name })}
        says={t("delete.says")}
        confirm={t("delete.confirm")}
        isPending={remove.isPending}
        onConfirm={() => remove.mutate()}
      />
      {remove.error && <ProblemNotice error={remove.error} />}
    </>
  )
}

export function NewPromotionPage() {
  const [form, setForm] = useState(emptyRule)
  const keyOf = useKeyOf()
  const navigate = useNavigate()
  const create = useMutation({
    mutationFn: (body: Rule) =>
      answerOf(discountCreatePromotion({ body, headers: { "Idempotency-Key": keyOf(body) } })),
    onSuccess: ({ id }) =>
      navigate({ to: "/back-office/promotions/$id", params: { id }, ignoreBlocker: true }),
  })
  return (
    <Page title={t("promotion.new")} className="sales rules">
      <RuleEditor
        form={form}
        change={(members) => setForm({ ...form, ...members })}
        onSave={() => create.mutate(ruleOf(form))}
        isDirty={form !== emptyRule}
        error={create.error ?? undefined}
        preview={<Preview draft={isComplete(form) ? { promotion: ruleOf(form) } : undefined} />}
      >
        <SaveBar
          label={t("save.new")}
          isStale={false}
          isSaving={create.isPending}
          isSaved={false}
          error={create.error ?? undefined}
        />
      </RuleEditor>
    </Page>
  )
}
