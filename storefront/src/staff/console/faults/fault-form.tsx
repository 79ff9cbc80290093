import { type FormEvent, useState } from "react"
import { ChoiceField, NumberField } from "../../parts/fields.tsx"
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
        <ChoiceField
          label={t("form.part")}
          value={part}
          choices={offered.map((name) => [name, name] as const)}
          onChange={(chosen) => set({ part: chosen })}
        />
      )}
      {(kind === "frozen" || kind === "away") && (
        <NumberField
          label={t("form.seconds")}
          value={draft.seconds}
          onChange={(seconds) => set({ seconds })}
          min={1}
          max={MOST_SECONDS}
          required
        />
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
    <ChoiceField
      label={t("form.fault")}
      value={value}
      choices={[]}
      groups={[
        [t("group.payment"), payments.map((what) => [`payment ${what}`, t(`payment.${what}`)])],
        [t("group.webhook"), webhooks.map((what) => [`webhook ${what}`, t(`webhook.${what}`)])],
        [t("group.part"), toParts.map((what) => [what, t(what)])],
      ]}
      onChange={onChange}
    />
  )
}

function PlaceFields({ draft, set }: { draft: Draft; set: (changed: Partial<Draft>) => void }) {
  return (
    <>
      <ChoiceField<Place>
        label={t("form.place")}
        value={draft.place}
        choices={[
          ["before", t("place.before")],
          ["after", t("place.after")],
        ]}
        onChange={(place) => set({ place })}
      />
      <ChoiceField
        label={t("form.step")}
        value={draft.activity}
        choices={steps.map((activity) => [activity, stepInWords(activity)] as const)}
        onChange={(activity) => set({ activity })}
      />
      <ChoiceField<Repeat>
        label={t("form.repeat")}
        value={draft.repeat}
        choices={[
          ["once", t("repeat.once")],
          ["every-order", t("repeat.every-order")],
        ]}
        onChange={(repeat) => set({ repeat })}
      />
    </>
  )
}
