import { type ReactNode, useId } from "react"

/** Things of which one is chosen. */
export const Options = ({ legend, children }: { legend: string; children: ReactNode }) => (
  <fieldset className="choices">
    <legend>{legend}</legend>
    {children}
  </fieldset>
)

export function Choice(props: { label: string; isChosen: boolean; choose: () => void }) {
  const id = useId()
  return (
    <label className="check" htmlFor={id}>
      <input id={id} type="radio" checked={props.isChosen} onChange={props.choose} />
      <span>{props.label}</span>
    </label>
  )
}
