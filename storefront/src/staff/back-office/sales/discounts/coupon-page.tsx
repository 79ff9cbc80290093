import "../sales.css"
import "./rules.css"
import {
  discountCreateCoupon,
  discountDeleteCoupon,
  discountUpdateCoupon,
} from "@eshop/shop-client/generated/sdk.gen"
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query"
import { getRouteApi, useNavigate } from "@tanstack/react-router"
import { useState } from "react"
import { answerOf } from "../../../../api/api.ts"
import { ConfirmButton } from "../../../../design/confirm-button.tsx"
import { Page } from "../../../../design/page.tsx"
import { CheckField, NumberField, TextField } from "../../../parts/fields.tsx"
import { useKeyOf } from "../../../parts/keys.ts"
import { ProblemNotice } from "../../../problem-notice.tsx"
import { Codes } from "./codes.tsx"
import { LoadedRule, RuleEditor, SaveBar } from "./editor.tsx"
import { Preview } from "./preview.tsx"
import {
  type CouponForm,
  type CouponTerms,
  couponFormOf,
  couponOf,
  emptyCoupon,
  isComplete,
} from "./rule-form.ts"
import { type Coupon, couponQuery, couponsKey, usageQuery } from "./rules.ts"
import { StaleNotice } from "./stale-notice.tsx"
import { t } from "./texts.ts"
import { useEdit } from "./use-edit.ts"

const route = getRouteApi("/back-office/coupons/$code")

const CODE = /^[A-Z0-9-]{3,32}$/i
const isReady = (form: CouponForm): boolean => isComplete(form) && CODE.test(form.code.trim())
const termsOf = ({ version: _, ...terms }: Coupon): CouponTerms => terms

export function CouponPage() {
  const { code } = route.useParams()
  const { data, error, refetch } = useQuery(couponQuery(code))
  return (
    <LoadedRule
      title={t("coupons.title")}
      unknown={t("coupon.unknown")}
      isThere={data !== undefined}
      error={error}
      again={() => void refetch()}
    >
      {data && <Edited key={code} stored={data} error={error ?? undefined} />}
    </LoadedRule>
  )
}

function Edited({ stored, error }: { stored: Coupon; error: Error | undefined }) {
  const { code } = stored
  const edit = useEdit(stored, couponQuery(code).queryKey, couponFormOf, (form, base) => {
    const { code: _, ...body } = couponOf(form, base)
    const headers = { "If-Match": `"${base.version}"` }
    return answerOf<Coupon>(discountUpdateCoupon({ path: { code }, body, headers }))
  })
  const draft = couponOf(edit.form, edit.base)
  return (
    <Page title={t("coupon.title", { code })} className="sales rules">
      <Usage code={code} />
      {stored.uniqueCodes && <Codes code={code} />}
      <RuleEditor
        form={edit.form}
        change={edit.change}
        onSave={edit.save}
        isDirty={edit.isDirty}
        error={edit.error}
        limits={
          <LimitFields
            form={edit.form}
            change={edit.change}
            isLimitFixed={edit.base.maxRedemptions === undefined}
            isStored
          />
        }
        preview={<Preview draft={isReady(edit.form) ? { coupon: draft } : undefined} />}
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
          <Delete coupon={stored} />
        </SaveBar>
      </RuleEditor>
    </Page>
  )
}

function Usage({ code }: { code: string }) {
  const { data } = useQuery({ ...usageQuery(code), refetchInterval: 5_000 })
  if (!data) return null
  return (
    <p>
      {t("column.used")}:{" "}
      <strong>
        {data.maxRedemptions === null
          ? t("used.not-counted")
          : t("used.of", { taken: data.taken, max: data.maxRedemptions })}
      </strong>
    </p>
  )
}

function LimitFields(props: {
  form: CouponForm
  change: (members: Partial<CouponForm>) => void
  isLimitFixed?: boolean
  isStored?: boolean
}) {
  const { form, change } = props
  return (
    <fieldset className="form-group">
      <legend>{t("form.limits")}</legend>
      <div className="field-pair">
        <NumberField
          label={t("field.max")}
          hint={t(props.isLimitFixed ? "field.no-limit.fixed" : "field.no-limit")}
          value={form.maxRedemptions}
          onChange={(maxRedemptions) => change({ maxRedemptions })}
          pointer="/maxRedemptions"
          min={1}
          isDisabled={props.isLimitFixed ?? false}
        />
        <NumberField
          label={t("field.max-customer")}
          hint={t("field.no-limit")}
          value={form.maxPerCustomer}
          onChange={(maxPerCustomer) => change({ maxPerCustomer })}
          pointer="/maxRedemptionsPerCustomer"
          min={1}
        />
      </div>
      <CheckField
        label={t("field.unique")}
        value={form.uniqueCodes}
        onChange={(uniqueCodes) => change({ uniqueCodes })}
        isDisabled={props.isStored ?? false}
      />
      {props.isStored && <p className="hint">{t("field.unique.fixed")}</p>}
    </fieldset>
  )
}

function Delete({ coupon: { code, version } }: { coupon: Coupon }) {
  const navigate = useNavigate()
  const client = useQueryClient()
  const remove = useMutation({
    mutationFn: () =>
      answerOf(discountDeleteCoupon({ path: { code }, headers: { "If-Match": `"${version}"` } })),
    onSuccess: () => navigate({ to: "/back-office/coupons", ignoreBlocker: true }),
    onSettled: () => client.invalidateQueries({ queryKey: couponsKey }),
  })
  return (
    <>
      <ConfirmButton
        label={t("delete.do")}
        title={t("delete.title", { name: code })}
        says={t("delete.says.coupon")}
        confirm={t("delete.confirm")}
        isPending={remove.isPending}
        onConfirm={() => remove.mutate()}
      />
      {remove.error && <ProblemNotice error={remove.error} />}
    </>
  )
}

export function NewCouponPage() {
  const [form, setForm] = useState(emptyCoupon)
  const change = (members: Partial<CouponForm>) => setForm({ ...form, ...members })
  const keyOf = useKeyOf()
  const navigate = useNavigate()
  const create = useMutation({
    mutationFn: (body: CouponTerms) =>
      answerOf(discountCreateCoupon({ body, headers: { "Idempotency-Key": keyOf(body) } })),
    onSuccess: ({ code }) =>
      navigate({ to: "/back-office/coupons/$code", params: { code }, ignoreBlocker: true }),
  })
  return (
    <Page title={t("coupon.new")} className="sales rules">
      <RuleEditor
        form={form}
        change={change}
        onSave={() => create.mutate(couponOf(form))}
        isDirty={form !== emptyCoupon}
        error={create.error ?? undefined}
        first={
          <TextField
            label={t("field.code")}
            hint={t("field.code.hint")}
            value={form.code}
            onChange={(code) => change({ code: code.toUpperCase() })}
            pattern="\s*[A-Za-z0-9\-]{3,32}\s*"
            says={t("field.code.hint")}
            pointer="/code"
            maxLength={32}
            required
            isCode
          />
        }
        limits={<LimitFields form={form} change={change} />}
        preview={<Preview draft={isReady(form) ? { coupon: couponOf(form) } : undefined} />}
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
