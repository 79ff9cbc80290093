import { useQuery } from "@tanstack/react-query"
import { useState } from "react"
import { FormDialog } from "../../../parts/dialog.tsx"
import { type Content, contentOf } from "./draft.ts"
import { type Conflict, type Member, taking } from "./merge.ts"
import { categoriesQuery, placed } from "./products.ts"
import type { Saved } from "./save-product.ts"
import { t } from "./texts.ts"

/** Shows what somebody else made of a product meanwhile, and lets the person decide where both changed the same. */
export function StaleDialog(props: {
  stale: Extract<Saved, { type: "stale" }>
  onSave: (content: Content) => void
  onBack: () => void
}) {
  const { theirs, merged } = props.stale
  const [taken, setTaken] = useState<readonly Member[]>([])
  const choose = (member: Member, isTheirs: boolean) =>
    setTaken([...taken.filter((one) => one !== member), ...(isTheirs ? [member] : [])])
  return (
    <FormDialog title={t("stale.title")} isWide onClose={props.onBack}>
      <p>{t("stale.says")}</p>
      {merged.takenOver.length > 0 && (
        <p>
          {t("stale.taken-over", {
            members: merged.takenOver.map((member) => t(`member.${member}`)).join(", "),
          })}
        </p>
      )}
      {merged.conflicts.map((conflict) => (
        <ConflictField
          key={conflict.member}
          conflict={conflict}
          isTheirs={taken.includes(conflict.member)}
          choose={(isTheirs) => choose(conflict.member, isTheirs)}
        />
      ))}
      <div className="actions">
        <button
          type="button"
          className="button"
          onClick={() => props.onSave(taking(merged.content, contentOf(theirs.product), taken))}
        >
          {t("stale.save")}
        </button>
        <button type="button" className="button button-quiet" onClick={props.onBack}>
          {t("stale.back")}
        </button>
      </div>
    </FormDialog>
  )
}

function ConflictField(props: {
  conflict: Conflict
  isTheirs: boolean
  choose: (isTheirs: boolean) => void
}) {
  const { member, mine, theirs } = props.conflict
  const { data } = useQuery(categoriesQuery)
  const paths = new Map(placed(data?.items ?? []).map(({ id, path }) => [id, path]))
  const option = (isTheirs: boolean, value: unknown) => (
    <label className="version">
      <span className="check">
        <input
          type="radio"
          name={`conflict-${member}`}
          checked={props.isTheirs === isTheirs}
          onChange={() => props.choose(isTheirs)}
        />
        <strong>{t(isTheirs ? "stale.theirs" : "stale.mine")}</strong>
      </span>
      {linesOf(value, paths).map((line) => (
        <span key={line} className="version-line">
          {line}
        </span>
      ))}
    </label>
  )
  return (
    <fieldset className="conflict">
      <legend>
        {t(`member.${member}`)}: {t("stale.conflict")}
      </legend>
      {option(false, mine)}
      {option(true, theirs)}
    </fieldset>
  )
}

/** A part of a product in lines that a person can compare. */
function linesOf(value: unknown, paths: ReadonlyMap<string, string>): string[] {
  if (value === undefined || value === "") return [t("stale.nothing")]
  if (Array.isArray(value))
    return value.length === 0 ? [t("stale.nothing")] : value.map((one) => lineOf(one, paths))
  if (typeof value === "object" && value !== null)
    return Object.entries(value).map(([name, one]) => `${name}: ${lineOf(one, paths)}`)
  return [lineOf(value, paths)]
}

function lineOf(value: unknown, paths: ReadonlyMap<string, string>): string {
  if (typeof value === "string") return paths.get(value) ?? value
  if (Array.isArray(value)) return value.map((one) => lineOf(one, paths)).join(", ")
  if (typeof value !== "object" || value === null) return String(value)
  return Object.entries(value)
    .map(([name, one]) => `${name} ${lineOf(one, paths)}`)
    .join(" · ")
}
