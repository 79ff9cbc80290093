import { type FormEvent, useState } from "react"
import { ProblemNotice } from "../../problem-notice.tsx"
import { type Chance, type Messages, setChance, setMessages, useChange } from "./switchboard.ts"
import { t } from "./texts.ts"

const ways = ["as-sent", "twice", "late", "out-of-order"] as const

/** What holds for all orders while it is on: how messages come, and chance. */
export function Always({ messages, chance }: { messages: Messages; chance: Chance }) {
  const change = useChange(setMessages)
  return (
    <div className="faults-form">
      <label className="field">
        {t("messages.label")}
        <select
          value={messages}
          disabled={change.isPending}
          onChange={({ target }) => change.mutate(target.value as Messages)}
        >
          {ways.map((way) => (
            <option key={way} value={way}>
              {t(`messages.${way}`)}
            </option>
          ))}
        </select>
      </label>
      {change.isError && <ProblemNotice error={change.error} />}
      <ChanceForm key={`${chance.seed} ${chance.percent}`} chance={chance} />
    </div>
  )
}

function ChanceForm({ chance }: { chance: Chance }) {
  const [percent, setPercent] = useState(chance.percent)
  const [seed, setSeed] = useState(chance.seed)
  const change = useChange(setChance)
  const send = (event: FormEvent) => {
    event.preventDefault()
    change.mutate({ seed, percent })
  }
  return (
    <form className="faults-chance" onSubmit={send}>
      <NumberInput label={t("chance.percent")} max={100} value={percent} onChange={setPercent} />
      <NumberInput label={t("chance.seed")} max={999_999} value={seed} onChange={setSeed} />
      <button type="submit" className="button button-quiet" disabled={change.isPending}>
        {t("chance.set")}
      </button>
      <p className="hint">{t("chance.hint")}</p>
      {change.isError && <ProblemNotice error={change.error} />}
    </form>
  )
}

function NumberInput(props: {
  label: string
  max: number
  value: number
  onChange: (value: number) => void
}) {
  return (
    <label className="field">
      {props.label}
      <input
        type="number"
        required
        min={0}
        max={props.max}
        value={Number.isNaN(props.value) ? "" : props.value}
        onChange={({ target }) => props.onChange(target.valueAsNumber)}
      />
    </label>
  )
}
