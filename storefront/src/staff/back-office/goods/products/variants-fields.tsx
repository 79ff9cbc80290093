import { Link } from "@tanstack/react-router"
import { useState } from "react"
import { money } from "../../../../texts/format.ts"
import { CheckField, ChoiceField, TextField } from "../../../parts/fields.tsx"
import { Table } from "../../../parts/table.tsx"
import { t as common } from "../../../parts/texts.ts"
import { type Change, type Draft, newVariant, type VariantDraft } from "./draft.ts"
import type { Product } from "./products.ts"
import { t } from "./texts.ts"

/** The variants as a table: a row each, and a column for each option that tells them apart. */
export function VariantsFields(props: { draft: Draft; change: Change; saved: Product | undefined }) {
  const { draft, change, saved } = props
  const { variants, optionNames } = draft
  const put = (key: string, next: Partial<VariantDraft>) =>
    change({ variants: variants.map((one) => (one.key === key ? { ...one, ...next } : one)) })
  return (
    <section className="card">
      <h2>{t("variants.title")}</h2>
      <p className="hint">{t("variants.says")}</p>
      <Table
        label={t("variants.title")}
        columns={[
          ...[t("variants.sku"), ...optionNames],
          ...(saved ? [t("variants.price"), t("variants.stock")] : []),
          ...[t("variants.gtin"), t("variants.min"), t("variants.max"), t("variants.step")],
          ...[t("variants.backorder"), t("variants.image")],
          { label: t("variants.actions"), isHidden: true },
        ]}
      >
        {variants.map((variant, index) => (
          <VariantRow
            key={variant.key}
            {...{ variant, index, draft, saved }}
            put={(next) => put(variant.key, next)}
            remove={() => change({ variants: variants.filter(({ key }) => key !== variant.key) })}
          />
        ))}
      </Table>
      <div className="actions">
        <button
          type="button"
          className="button button-small button-quiet"
          onClick={() => change({ variants: [...variants, newVariant()] })}
        >
          {t("variants.add")}
        </button>
        {optionNames.map((name) => (
          <button
            key={name}
            type="button"
            className="link-button"
            onClick={() => change({ optionNames: optionNames.filter((one) => one !== name) })}
          >
            {t("variants.option-remove", { name })}
          </button>
        ))}
      </div>
      <AddOption
        isThere={(name) => optionNames.includes(name)}
        add={(name) => change({ optionNames: [...optionNames, name] })}
      />
    </section>
  )
}

type RowProps = {
  readonly variant: VariantDraft
  readonly index: number
  readonly draft: Draft
  readonly saved: Product | undefined
  readonly put: (next: Partial<VariantDraft>) => void
  readonly remove: () => void
}

function VariantRow({ variant, index, draft, saved, put, remove }: RowProps) {
  const sku = variant.sku || t("variants.unnamed", { number: index + 1 })
  const named = (member: string) => ({ label: t("variants.of", { member, sku }), isLabelHidden: true })
  const at = `/variants/${index}`
  const quantity = (member: "min" | "max" | "step") => (
    <td>
      <TextField
        {...named(t(`variants.${member}`))}
        value={variant[member]}
        onChange={(value) => put({ [member]: value })}
        pointer={`${at}/quantity/${member}`}
        pattern="[1-9][0-9]{0,6}"
        says={common("form.whole")}
        inputMode="numeric"
        required={member !== "max"}
        className="field-number"
      />
    </td>
  )
  return (
    <tr>
      <td>
        <TextField
          {...named(t("variants.sku"))}
          value={variant.sku}
          onChange={(value) => put({ sku: value.toUpperCase() })}
          pointer={`${at}/sku`}
          pattern="[A-Z0-9\-]{2,40}"
          says={t("variants.sku-says")}
          className="field-code"
          required
        />
      </td>
      {draft.optionNames.map((name) => (
        <td key={name}>
          <TextField
            {...named(name)}
            value={variant.options[name] ?? ""}
            onChange={(value) => put({ options: { ...variant.options, [name]: value } })}
            pointer={`${at}/options/${name}`}
            maxLength={60}
          />
        </td>
      ))}
      {saved && <Links saved={saved} sku={variant.sku} />}
      <td>
        <TextField
          {...named(t("variants.gtin"))}
          value={variant.gtin}
          onChange={(gtin) => put({ gtin })}
          pointer={`${at}/gtin`}
          inputMode="numeric"
          maxLength={14}
          className="field-code"
        />
      </td>
      {quantity("min")}
      {quantity("max")}
      {quantity("step")}
      <td>
        <CheckField
          {...named(t("variants.backorder"))}
          value={variant.backorder}
          onChange={(backorder) => put({ backorder })}
        />
      </td>
      <td>
        <ChoiceField
          {...named(t("variants.image"))}
          value={variant.image}
          choices={[
            ["", t("variants.image-none")],
            ...draft.images.map(
              ({ url }, place) => [url, t("variants.image-of", { number: place + 1 })] as const,
            ),
          ]}
          onChange={(image) => put({ image })}
          pointer={`${at}/image`}
        />
      </td>
      <td>
        {draft.variants.length > 1 && (
          <button
            type="button"
            className="icon-button"
            aria-label={t("variants.remove", { sku })}
            onClick={remove}
          >
            ×
          </button>
        )}
      </td>
    </tr>
  )
}

/** Where the prices and the stock of a variant are kept, once there is one. */
function Links({ saved, sku }: { saved: Product; sku: string }) {
  const variant = saved.variants.find((one) => one.sku === sku)
  if (!variant)
    return (
      <>
        <td />
        <td />
      </>
    )
  return (
    <>
      <td>
        <Link to="/back-office/variants/$sku/prices" params={{ sku }}>
          {variant.price ? money(variant.price) : t("variants.unpriced")}
          <span className="visually-hidden"> {sku}</span>
        </Link>
      </td>
      <td>
        <Link to="/back-office/stock/$sku" params={{ sku }}>
          {t("variants.stock")}
          <span className="visually-hidden"> {sku}</span>
        </Link>
      </td>
    </>
  )
}

function AddOption(props: { isThere: (name: string) => boolean; add: (name: string) => void }) {
  const [name, setName] = useState("")
  const isName = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name) && !props.isThere(name)
  const finish = () => {
    if (!isName) return
    props.add(name)
    setName("")
  }
  return (
    <div className="add-row">
      <TextField
        label={t("variants.option")}
        value={name}
        onChange={(typed) => setName(typed.toLowerCase())}
        onEnter={finish}
        hint={t("variants.option-hint")}
        maxLength={40}
      />
      <button type="button" className="button button-small button-quiet" disabled={!isName} onClick={finish}>
        {t("variants.option-add")}
      </button>
    </div>
  )
}
