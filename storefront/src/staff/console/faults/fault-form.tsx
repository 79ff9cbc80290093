import { type FormEvent, useState } from "react"
import { ProblemNotice } from "../../problem-notice.tsx"
import { type Fault, type Place, type Repeat, type State, switchOn, useChange } from "./switchboard.ts"
import { t } from "./texts.ts"
import { stepInWords, steps } from "./words.ts"

const payments = ["declined", "unanswered-before", "unanswered-after"] as const
const webhooks = ["late", "twice", "never"] as const
const toParts = ["killed", "frozen", "away"] as const
const DEFAULT_SECONDS = 10
const MOST_SECONDS = 300

/** What the form holds; what does not belong to the chosen fault is left out when it is sent. */
type Draft = { choice: string; part: string; seconds: number; place: Place; activity: string; repeat: Repeat }

const initial: Draft = {
  choice: "payment declined",
  part: "ordering",
  seconds: DEFAULT_SECONDS,
  place: "before",
  activity: "authorise-payment",
  repeat: "once",
}

function faultOf({ choice, part, seconds }: Draft): Fault {
  const [kind, what] = choice.split(" ")
  if (kind === "payment" || kind === "webhook") return { kind, what } as Fault
  return kind === "killed" ? { kind, part } : ({ kind, part, seconds } as Fault)
}

/** Puts a fault in the way of orders. */
export function FaultForm({ choices }: { choices: State["choices"] }) {
  const [draft, setDraft] = useState(initial)
  const change = useChange(switchOn)
  const set = (changed: Partial<Draft>) => setDraft((before) => ({ ...before, ...changed }))
  const kind = draft.choice.split(" ")[0] ?? ""
  const isOfPart = (toParts as readonly string[]).includes(kind)
  const offered = kind === "frozen" ? choices.processes : choices.parts
  const part = offered.includes(draft.part) ? draft.part : (offered[0] ?? "")
  const send = (event: FormEvent) => {
    event.preventDefault()
    const { place, activity, repeat } = draft
    change.mutate({ fault: faultOf({ ...draft, part }), point: { place, activity }, repeat })
  }
  return (
    <form className="faults-form" onSubmit={send}>
      <FaultField value={draft.choice} onChange={(choice) => set({ choice })} />
      {isOfPart && (
        <label className="field">
          {t("form.part")}
          <select value={part} onChange={({ target }) => set({ part: target.value })}>
            {offered.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
      )}
      {(kind === "frozen" || kind === "away") && (
        <label className="field">
          {t("form.seconds")}
          <input
            type="number"
            required
            min={1}
            max={MOST_SECONDS}
            value={Number.isNaN(draft.seconds) ? "" : draft.seconds}
            onChange={({ target }) => set({ seconds: target.valueAsNumber })}
          />
        </label>
      )}
      <PlaceFields draft={draft} set={set} />
      <button type="submit" className="button" disabled={change.isPending}>
        {t("form.on")}
      </button>
      {change.isError && <ProblemNotice error={change.error} />}
    </form>
  )
}

function FaultField({ value, onChange }: { value: string; onChange: (choice: string) => void }) {
  return (
    <label className="field">
      {t("form.fault")}
      <select value={value} onChange={({ target }) => onChange(target.value)}>
        <optgroup label={t("group.payment")}>
          {payments.map((what) => (
            <option key={what} value={`payment ${what}`}>
              {t(`payment.${what}`)}
            </option>
          ))}
        </optgroup>
        <optgroup label={t("group.webhook")}>
          {webhooks.map((what) => (
            <option key={what} value={`webhook ${what}`}>
              {t(`webhook.${what}`)}
            </option>
          ))}
        </optgroup>
        <optgroup label={t("group.part")}>
          {toParts.map((what) => (
            <option key={what} value={what}>
              {t(what)}
            </option>
          ))}
        </optgroup>
      </select>
    </label>
  )
}

function PlaceFields({ draft, set }: { draft: Draft; set: (changed: Partial<Draft>) => void }) {
  return (
    <>
      <label className="field">
        {t("form.place")}
        <select value={draft.place} onChange={({ target }) => set({ place: target.value as Place })}>
          <option value="before">{t("place.before")}</option>
          <option value="after">{t("place.after")}</option>
        </select>
      </label>
      <label className="field">
        {t("form.step")}
        <select value={draft.activity} onChange={({ target }) => set({ activity: target.value })}>
          {steps.map((activity) => (
            <option key={activity} value={activity}>
              {stepInWords(activity)}
            </option>
          ))}
        </select>
      </label>
      <label className="field">
        {t("form.repeat")}
        <select value={draft.repeat} onChange={({ target }) => set({ repeat: target.value as Repeat })}>
          <option value="once">{t("repeat.once")}</option>
          <option value="every-order">{t("repeat.every-order")}</option>
        </select>
      </label>
    </>
  )
}
