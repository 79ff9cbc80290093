import { useState } from "react"
import { Button, FileTrigger } from "react-aria-components"
import { ProblemNotice } from "../../problem-notice.tsx"
import { beginAnew, placeOrder, type Replay, readScript, replayScript, useChange } from "./switchboard.ts"
import { t } from "./texts.ts"
import { faultInWords, placeInWords } from "./words.ts"

/** Orders for the faults to strike, the script of what happened, and its replay. */
export function Again({ replay, isEmpty }: { replay: Replay | undefined; isEmpty: boolean }) {
  const order = useChange(placeOrder)
  const anew = useChange(beginAnew)
  const script = useChange(async () => save(await readScript()))
  const [isNoJson, setIsNoJson] = useState(false)
  const playing = useChange(replayScript)
  const isBusy = replay?.state === "running"
  const open = async (files: FileList | null) => {
    const text = (await files?.[0]?.text()) ?? ""
    const parsed = parse(text)
    setIsNoJson(parsed === undefined)
    if (parsed !== undefined) playing.mutate(parsed)
  }
  const failed = [order, anew, script, playing].find((change) => change.isError)
  return (
    <>
      <p className="hint faults-says">
        {t("script.says")} {t("script.command")} <code>npm start -- --faults FILE</code>
      </p>
      <div className="actions">
        <Button
          className="button"
          isDisabled={order.isPending || isBusy}
          onPress={() => order.mutate(undefined)}
        >
          {t("script.order")}
        </Button>
        <Button
          className="button button-quiet"
          isDisabled={script.isPending || isEmpty || isBusy}
          onPress={() => script.mutate(undefined)}
        >
          {t("script.download")}
        </Button>
        <FileTrigger acceptedFileTypes={["application/json"]} onSelect={(files) => void open(files)}>
          <Button className="button button-quiet" isDisabled={playing.isPending || isBusy}>
            {t("script.replay")}
          </Button>
        </FileTrigger>
        <Button
          className="button button-quiet"
          isDisabled={anew.isPending || isBusy}
          onPress={() => anew.mutate(undefined)}
        >
          {t("script.anew")}
        </Button>
      </div>
      <div role="status" aria-live="polite">
        {replay && <ReplayNotice replay={replay} />}
      </div>
      {isNoJson && (
        <p className="notice notice-problem" role="alert">
          {t("script.not-json")}
        </p>
      )}
      {failed && <ProblemNotice error={failed.error} />}
    </>
  )
}

function ReplayNotice({ replay }: { replay: Replay }) {
  const isWhole = replay.state === "done" && replay.missed.length === 0
  return (
    <div className={`notice ${isWhole ? "notice-good" : ""}`}>
      <p>{t(`replay.${replay.state}`, { ...replay, missed: "", reason: replay.reason ?? "" })}</p>
      {replay.missed.length > 0 && (
        <ul className="notice-details">
          {replay.missed.map((missed) => (
            <li key={`${missed.order} ${missed.place} ${missed.activity} ${missed.run}`}>
              {t("replay.missed", {
                order: missed.order,
                fault: faultInWords(missed.fault),
                where: placeInWords(missed, missed.run),
              })}
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

/** Hands the script to the browser as a file. */
function save(script: object): void {
  const url = URL.createObjectURL(new Blob([JSON.stringify(script, null, 2)], { type: "application/json" }))
  const link = document.createElement("a")
  link.href = url
  link.download = "faults.json"
  link.click()
  URL.revokeObjectURL(url)
}
