import { type ReactNode, useState } from "react"
import { TextField } from "../../../parts/fields.tsx"

/** What narrows a list: words that are looked for when they are sent, and choices that count at once. */
export function ListFilters(props: {
  /** What is looked for; nothing where all is shown. */
  readonly q: string | undefined
  readonly label: string
  readonly placeholder: string
  readonly findLabel: string
  readonly find: (q: string | undefined) => void
  /** The choices. */
  readonly children: ReactNode
}) {
  const [typed, setTyped] = useState(props.q ?? "")
  return (
    <form
      className="filters"
      onSubmit={(event) => {
        event.preventDefault()
        props.find(typed.trim() || undefined)
      }}
    >
      <TextField
        label={props.label}
        type="search"
        maxLength={100}
        value={typed}
        onChange={setTyped}
        placeholder={props.placeholder}
        className="field-wide"
      />
      <button type="submit" className="button button-small button-quiet">
        {props.findLabel}
      </button>
      {props.children}
    </form>
  )
}
