import { useQuery } from "@tanstack/react-query"
import type { ReactNode } from "react"
import { Button } from "react-aria-components"
import { MistakesOf } from "../../../parts/mistakes.tsx"
import { t as common } from "../../../parts/texts.ts"
import { ProblemNotice } from "../../../problem-notice.tsx"
import { t } from "./command-texts.ts"
import type { OrderCommand } from "./order-command.ts"
import { type Order, timelineQuery } from "./orders.ts"
import { t as words } from "./texts.ts"

type Props = {
  order: Order
  command: OrderCommand
  /** What will happen, in words. */
  says: string
  confirm: string
  isDanger?: boolean
  isReady?: boolean
  onConfirm: () => void
  close: () => void
  children?: ReactNode
}

/** What is asked for a command, what it will do, and what became of it. */
export function CommandForm({ order, command, says, confirm, isDanger, isReady = true, ...more }: Props) {
  return (
    <form
      className="command"
      onSubmit={(event) => {
        event.preventDefault()
        more.onConfirm()
      }}
    >
      <MistakesOf error={command.error}>{more.children}</MistakesOf>
      <p className="command-says">{says}</p>
      {command.error && <ProblemNotice error={command.error} />}
      {command.isOvertaken && <Overtaken order={order} command={command} />}
      <div className="actions">
        <Button
          type="submit"
          className={`button ${isDanger ? "button-danger" : ""}`}
          isDisabled={!isReady || command.isPending || command.isOvertaken}
        >
          {confirm}
        </Button>
        <Button className="button button-quiet" onPress={more.close}>
          {common("dialog.back")}
        </Button>
      </div>
    </form>
  )
}

/** What the order has become since the form was opened. */
function Overtaken({ order, command }: { order: Order; command: OrderCommand }) {
  const { data } = useQuery(timelineQuery(order))
  // A stream's version is the number of its events.
  const since = data?.events.slice(command.seen) ?? []
  return (
    <div className="notice" role="status">
      <p>
        <strong>{t("overtaken.title")}.</strong>{" "}
        {t("overtaken.now", { status: words(`status.${order.status}`) })}
      </p>
      {since.length > 0 && (
        <>
          <p>{t("overtaken.events")}</p>
          <ul className="overtaken-events">
            {since.map(({ type, at, says }) => (
              <li key={`${type} ${at}`}>{says}</li>
            ))}
          </ul>
        </>
      )}
      <Button className="button button-small" onPress={command.goOn}>
        {t("overtaken.go-on")}
      </Button>
    </div>
  )
}
