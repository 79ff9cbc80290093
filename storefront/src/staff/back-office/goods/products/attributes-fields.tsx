import { ChoiceField, TextField } from "../../../parts/fields.tsx"
import { type AttributeDraft, attributeKinds, type Change, type Draft } from "./draft.ts"
import { t } from "./texts.ts"

/** What else there is to say of a product, by name. */
export function AttributesFields({ draft: { attributes }, change }: { draft: Draft; change: Change }) {
  const put = (index: number, next: Partial<AttributeDraft>) =>
    change({ attributes: attributes.map((one, at) => (at === index ? { ...one, ...next } : one)) })
  return (
    <section className="card">
      <h2>{t("attributes.title")}</h2>
      <p className="hint">{t("attributes.says")}</p>
      {attributes.map((attribute, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: rows have no name until one is typed, and keep their places.
        <div key={index} className="attribute-row">
          <TextField
            label={t("attributes.name")}
            value={attribute.name}
            onChange={(name) => put(index, { name })}
            {...namedBy(attributes, index)}
            pointer={`/attributes/${attribute.name}`}
            maxLength={40}
            required
          />
          <ChoiceField
            label={t("attributes.kind")}
            value={attribute.kind}
            choices={attributeKinds.map((kind) => [kind, t(`attributes.kind.${kind}`)])}
            onChange={(kind) => put(index, { kind, ...(kind === "yes-no" && { value: "true" }) })}
          />
          <ValueField attribute={attribute} change={(value) => put(index, { value })} />
          <button
            type="button"
            className="icon-button"
            aria-label={t("attributes.remove", { name: attribute.name })}
            onClick={() => change({ attributes: attributes.filter((_, at) => at !== index) })}
          >
            ×
          </button>
        </div>
      ))}
      <button
        type="button"
        className="button button-small button-quiet"
        onClick={() => change({ attributes: [...attributes, { name: "", kind: "text", value: "" }] })}
      >
        {t("attributes.add")}
      </button>
    </section>
  )
}

/** What a name has to look like; nothing is right for one that is there already. */
function namedBy(attributes: readonly AttributeDraft[], index: number) {
  const isTwice = attributes.findIndex(({ name }) => name === attributes[index]?.name) < index
  return isTwice
    ? { pattern: "(?!)", says: t("attributes.name-twice"), hint: t("attributes.name-twice") }
    : { pattern: "[a-z][a-z0-9]*(-[a-z0-9]+)*", says: t("attributes.name-says") }
}

function ValueField(props: { attribute: AttributeDraft; change: (value: string) => void }) {
  const { kind, value } = props.attribute
  if (kind === "yes-no")
    return (
      <ChoiceField
        label={t("attributes.value")}
        value={value}
        choices={[
          ["true", t("attributes.yes")],
          ["false", t("attributes.no")],
        ]}
        onChange={props.change}
      />
    )
  return (
    <TextField
      label={t(kind === "list" ? "attributes.value-list" : "attributes.value")}
      value={value}
      onChange={props.change}
      {...(kind === "number" && {
        inputMode: "decimal",
        pattern: "-?[0-9]+([.][0-9]+)?",
        says: t("attributes.number-says"),
      })}
      required
    />
  )
}
