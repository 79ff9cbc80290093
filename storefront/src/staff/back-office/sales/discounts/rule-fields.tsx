import { CheckField, ChoiceField, NumberField, TextField } from "../../../parts/fields.tsx"
import { fromField, inUtc, timeZone } from "../../../parts/local-time.ts"
import { effectKinds, type RuleForm } from "./rule-form.ts"
import { ScopeField } from "./scope-field.tsx"
import { t } from "./texts.ts"

/** @param change takes those members that are others now */
export type RuleFieldsProps = { form: RuleForm; change: (members: Partial<RuleForm>) => void }

/** What a rule takes off, and of what. */
export function EffectFields({ form, change }: RuleFieldsProps) {
  return (
    <fieldset className="form-group">
      <legend>{t("form.what")}</legend>
      <TextField
        label={t("field.name")}
        hint={t("field.name.hint")}
        value={form.name}
        onChange={(name) => change({ name })}
        pointer="/name"
        maxLength={200}
        required
      />
      <TextField
        label={t("field.german")}
        hint={t("field.german.hint")}
        value={form.german}
        onChange={(german) => change({ german })}
        pointer="/translations/de"
        maxLength={200}
      />
      <CheckField
        label={t("field.enabled")}
        value={form.enabled}
        onChange={(enabled) => change({ enabled })}
      />
      <div className="field-pair">
        <ChoiceField
          label={t("field.kind")}
          value={form.kind}
          onChange={(kind) => change({ kind })}
          choices={effectKinds.map((value) => [value, t(`kind.${value}`)] as const)}
        />
        <EffectNumbers form={form} change={change} />
      </div>
      <ScopeField
        legend={t("field.scope")}
        everything={t("field.scope.all")}
        scope={form.scope}
        change={(scope) => change({ scope })}
      />
      {form.kind === "buy-x-get-y" && (
        <ScopeField
          legend={t("field.got")}
          everything={t("field.got.all")}
          scope={form.got}
          change={(got) => change({ got })}
        />
      )}
    </fieldset>
  )
}

function EffectNumbers({ form, change }: RuleFieldsProps) {
  const { kind } = form
  const isGift = kind === "buy-x-get-y"
  return (
    <>
      {isGift && (
        <>
          <NumberField
            label={t("field.buy")}
            value={form.buy}
            onChange={(buy) => change({ buy })}
            pointer="/effect/buy"
            min={1}
            required
          />
          <NumberField
            label={t("field.get")}
            value={form.get}
            onChange={(get) => change({ get })}
            pointer="/effect/get"
            min={1}
            required
          />
        </>
      )}
      {(kind === "percentage" || isGift) && (
        <NumberField
          label={t(isGift ? "field.percent-got" : "field.percent")}
          value={form.percent}
          onChange={(percent) => change({ percent })}
          pointer="/effect/rate"
          min={0.001}
          max={100}
          digits={3}
          required
        />
      )}
      {(kind === "amount" || kind === "amount-per-unit") && (
        <NumberField
          label={t("field.amount")}
          value={form.amount}
          onChange={(amount) => change({ amount })}
          pointer="/effect/amount"
          min={0.01}
          digits={2}
          required
        />
      )}
    </>
  )
}

/** When a rule holds: from when until when, for which orders, for whom. */
export function ConditionFields({ form, change }: RuleFieldsProps) {
  return (
    <fieldset className="form-group">
      <legend>{t("form.when")}</legend>
      <div className="field-pair">
        <TimeField
          label={t("field.from")}
          pointer="/validFrom"
          value={form.validFrom}
          change={(validFrom) => change({ validFrom })}
        />
        <TimeField
          label={t("field.until")}
          pointer="/validUntil"
          value={form.validUntil}
          change={(validUntil) => change({ validUntil })}
        />
        <NumberField
          label={t("field.minimum")}
          value={form.minimumValue}
          onChange={(minimumValue) => change({ minimumValue })}
          pointer="/conditions/minimumOrderValue"
          min={0.01}
          digits={2}
        />
        <NumberField
          label={t("field.minimum-units")}
          value={form.minimumQuantity}
          onChange={(minimumQuantity) => change({ minimumQuantity })}
          pointer="/conditions/minimumQuantity"
          min={1}
        />
        <TextField
          label={t("field.groups")}
          hint={t("field.groups.hint")}
          value={form.groups}
          onChange={(groups) => change({ groups })}
          pointer="/conditions/customerGroups"
          isCode
        />
      </div>
      <CheckField
        label={t("field.first")}
        value={form.firstOrderOnly}
        onChange={(firstOrderOnly) => change({ firstOrderOnly })}
      />
    </fieldset>
  )
}

/** A moment in the time zone of here, with UTC beside it. */
function TimeField(props: {
  label: string
  pointer: string
  value: string
  change: (value: string) => void
}) {
  const at = fromField(props.value)
  return (
    <TextField
      label={`${props.label} (${t("field.zone", { zone: timeZone() })})`}
      hint={at === undefined ? t("field.utc.none") : inUtc(at)}
      type="datetime-local"
      pointer={props.pointer}
      value={props.value}
      onChange={props.change}
    />
  )
}

/** How a rule gets along with the others. */
export function StackingFields({ form, change }: RuleFieldsProps) {
  return (
    <fieldset className="form-group">
      <legend>{t("form.how")}</legend>
      <div className="field-pair">
        <NumberField
          label={t("field.sort")}
          hint={t("field.sort.hint")}
          value={form.sortOrder}
          onChange={(sortOrder) => change({ sortOrder })}
          pointer="/stacking/sortOrder"
          min={0}
          max={1_000_000}
          required
        />
        <TextField
          label={t("field.group")}
          hint={t("field.group.hint")}
          value={form.group}
          onChange={(group) => change({ group })}
          pointer="/stacking/group"
          isCode
        />
      </div>
      <CheckField
        label={t("field.combines")}
        value={form.combines}
        onChange={(combines) => change({ combines })}
      />
      <CheckField label={t("field.stops")} value={form.stops} onChange={(stops) => change({ stops })} />
    </fieldset>
  )
}
