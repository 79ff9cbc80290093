import { type FormEvent, useState } from "react"
import { ChoiceField, NumberField } from "../../parts/fields.tsx"
import { ProblemNotice } from "../../problem-notice.tsx"
import { type Chance, type Messages, setChance, setMessages, useChange } from "./switchboard.ts"
import { t } from "./texts.ts"

const ways = ["as-sent", "twice", "late", "out-of-order"] as const

/** What holds for all orders while it is on: how messages come, and chance. */
export function Always({ messages, chance }: { messages: Messages; chance: Chance }) {
  const change = useChange(setMessages)
  return (
    <div className="faults-form">
      <ChoiceField
        label={t("messages.label")}
        value={messages}
        choices={ways.map((way) => [way, t(`messages.${way}`)] as const)}
        isDisabled={change.isPending}
        onChange={(way) => change.mutate(way)}
      />
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
      <NumberField
        label={t("chance.percent")}
        value={percent}
        onChange={setPercent}
        min={0}
        max={100}
        required
      />
      <NumberField label={t("chance.seed")} value={seed} onChange={setSeed} min={0} max={999_999} required />
      <button type="submit" className="button button-quiet" disabled={change.isPending}>
        {t("chance.set")}
      </button>
      <p className="hint">{t("chance.hint")}</p>
      {change.isError && <ProblemNotice error={change.error} />}
    </form>
  )
}
