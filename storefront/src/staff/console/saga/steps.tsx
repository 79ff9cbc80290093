import { inUtc } from "../../parts/local-time.ts"
import type { WholeInstance } from "../sagas/instance.ts"
import { t } from "../texts.ts"
import { clock, duration } from "../time.ts"
import { Json } from "./json.tsx"

type Step = WholeInstance["steps"][number]
/** A step that is tried for hours is tried often; the last attempts tell how it stands. */
const SHOWN = 10

type Attempt = Step["attempts"][number]

const isBad = ({ outcome }: Attempt): boolean => outcome === "failed" || outcome === "unavailable"

/** The steps that were taken, each with its attempts, what it was given and what it answered. */
export function Steps({ steps }: { steps: readonly Step[] }) {
  if (steps.length === 0) return <p className="hint">{t("saga.no-steps")}</p>
  return (
    <ol className="steps">
      {steps.map((step, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: steps are only added at the end
        <StepEntry key={index} step={step} isLast={index === steps.length - 1} />
      ))}
    </ol>
  )
}

function StepEntry({ step: { step, attempts, input, output }, isLast }: { step: Step; isLast: boolean }) {
  const last = attempts.at(-1)
  const count = attempts.length
  const tone = last && isBad(last) ? "bad" : last?.outcome === "running" ? "warn" : "calm"
  return (
    <li>
      <details open={isLast && tone === "bad"}>
        <summary>
          <code>{step}</code> <span className={`state state-${tone}`}>{last && wordsOf(last)}</span>{" "}
          <span className="hint">{count === 1 ? t("saga.attempt") : t("saga.attempts", { count })}</span>
        </summary>
        {count > SHOWN && (
          <p className="hint attempts">{t("saga.attempts-before", { count: count - SHOWN })}</p>
        )}
        <ol className="attempts">
          {attempts.slice(-SHOWN).map((attempt, index) => {
            const { at, endedAt } = attempt
            const took = endedAt && ` · ${duration(Date.parse(endedAt) - Date.parse(at))}`
            return (
              <li key={at}>
                {t("saga.attempt-number", { number: Math.max(0, count - SHOWN) + index + 1 })}:{" "}
                <time dateTime={at} title={inUtc(at)}>
                  {clock(at)}
                </time>
                {took} · {wordsOf(attempt)}
              </li>
            )
          })}
        </ol>
        <div className="json-pair">
          <Json label={t("saga.input")} value={input} />
          <Json label={t("saga.output")} value={output} />
        </div>
      </details>
    </li>
  )
}

const wordsOf = ({ outcome, detail = "" }: Attempt): string => t(`outcome.${outcome}`, { detail })
