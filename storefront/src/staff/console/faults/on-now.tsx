import { ProblemNotice } from "../../problem-notice.tsx"
import { type State, setChance, setMessages, switchOff, useChange } from "./switchboard.ts"
import { t } from "./texts.ts"
import { faultInWords, placeInWords } from "./words.ts"

/** Everything that is on, each with its way off. */
export function OnNow({ armed, messages, chance }: Pick<State, "armed" | "messages" | "chance">) {
  const off = useChange((turnOff: () => Promise<unknown>) => turnOff())
  const rows = [
    ...armed.map(({ id, fault, point, repeat }) => ({
      key: String(id),
      says: `${faultInWords(fault)}, ${placeInWords(point)}: ${t(`repeat.${repeat}`)}`,
      turnOff: () => switchOff(id),
    })),
    ...(messages === "as-sent"
      ? []
      : [
          {
            key: "messages",
            says: t("now.messages", { how: t(`messages.${messages}`) }),
            turnOff: () => setMessages("as-sent"),
          },
        ]),
    ...(chance.percent === 0
      ? []
      : [
          {
            key: "chance",
            says: t("now.chance", chance),
            turnOff: () => setChance({ ...chance, percent: 0 }),
          },
        ]),
  ]
  return (
    <>
      {rows.length === 0 && <p className="hint">{t("now.nothing")}</p>}
      <ul className="faults-on">
        {rows.map(({ key, says, turnOff }) => (
          <li key={key}>
            <span>{says}</span>
            <button
              type="button"
              className="button button-small button-quiet"
              aria-label={t("now.off-label", { what: says })}
              disabled={off.isPending}
              onClick={() => off.mutate(turnOff)}
            >
              {t("now.off")}
            </button>
          </li>
        ))}
      </ul>
      {off.isError && <ProblemNotice error={off.error} />}
    </>
  )
}
