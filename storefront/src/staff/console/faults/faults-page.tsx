import "./faults.css"
import type { ReactNode } from "react"
import { Page } from "../../../design/page.tsx"
import { ProblemNotice } from "../../problem-notice.tsx"
import { Again } from "./again.tsx"
import { Always } from "./always.tsx"
import { FaultForm } from "./fault-form.tsx"
import { Happened } from "./happened.tsx"
import { OnNow } from "./on-now.tsx"
import { type State, useSwitchboard } from "./switchboard.ts"
import { t } from "./texts.ts"

/** The switchboard of faults; where there is none, it says so. */
export function FaultsPage() {
  const { data, error, refetch } = useSwitchboard()
  return (
    <Page title={t("page.title")} className="faults">
      {data === "absent" ? (
        <p className="notice">{t("page.absent")}</p>
      ) : (
        <>
          <p>{t("page.says")}</p>
          {error && <ProblemNotice error={error} again={() => void refetch()} />}
          {data ? <Switchboard state={data} /> : !error && <p className="loading">{t("page.loading")}</p>}
        </>
      )}
    </Page>
  )
}

function Switchboard({ state }: { state: State }) {
  return (
    <div className="faults-columns">
      <Section title={t("form.title")}>
        <FaultForm choices={state.choices} />
      </Section>
      <Section title={t("always.title")}>
        <Always messages={state.messages} chance={state.chance} />
      </Section>
      <Section title={t("now.title")}>
        <OnNow {...state} />
      </Section>
      <Section title={t("script.title")} isWide>
        <Again replay={state.replay} isEmpty={state.strikes.length === 0} />
      </Section>
      <Section title={t("happened.title")} isWide>
        <Happened {...state} />
      </Section>
    </div>
  )
}

function Section({ title, children, isWide }: { title: string; children: ReactNode; isWide?: true }) {
  return (
    <section className={isWide ? "faults-section faults-wide" : "faults-section"}>
      <h2>{title}</h2>
      {children}
    </section>
  )
}
