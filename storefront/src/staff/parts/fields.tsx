import { createContext, type ReactNode, use, useId } from "react"
import { ApiError } from "../../api/api.ts"

/** What the shop found wrong in what was sent, by JSON Pointer. */
const Mistakes = createContext<ReadonlyMap<string, string>>(new Map())

/** Lets the fields in it say what an error found wrong in them. */
export function MistakesOf({ error, children }: { error: unknown; children: ReactNode }) {
  const errors = error instanceof ApiError ? (error.problem.errors ?? []) : []
  return <Mistakes value={new Map(errors.map((one) => [one.pointer, one.message]))}>{children}</Mistakes>
}

/** What is wrong at a place or in something that lies under it. */
function useMistake(pointer: string | undefined): string | undefined {
  const mistakes = use(Mistakes)
  if (pointer === undefined) return undefined
  const place = [...mistakes.keys()].find((one) => one === pointer || one.startsWith(`${pointer}/`))
  return place === undefined ? undefined : mistakes.get(place)
}

type Field = {
  readonly label: string
  /** The label is for those who hear the page: the heading of a column says the same. */
  readonly isLabelHidden?: boolean
  readonly hint?: string
  /** Where it lies in what is sent. */
  readonly pointer?: string
  readonly className?: string
}

/** A label, a control and what is to be said of it. */
function Labelled({ field, children }: { field: Field; children: (control: Control) => ReactNode }) {
  const id = useId()
  const mistake = useMistake(field.pointer)
  const described = [field.hint && `${id}-hint`, mistake && `${id}-mistake`].filter(Boolean).join(" ")
  return (
    <div className={`field ${field.className ?? ""}`}>
      <label htmlFor={id} className={field.isLabelHidden ? "visually-hidden" : ""}>
        {field.label}
      </label>
      {children({
        id,
        "aria-invalid": mistake !== undefined,
        ...(described && { "aria-describedby": described }),
      })}
      {field.hint && (
        <span className="hint" id={`${id}-hint`}>
          {field.hint}
        </span>
      )}
      {mistake && (
        <span className="field-mistake" id={`${id}-mistake`}>
          {mistake}
        </span>
      )}
    </div>
  )
}

type Control = { id: string; "aria-invalid": boolean; "aria-describedby"?: string }

type TextProps = Field & {
  readonly value: string
  readonly onChange: (value: string) => void
  readonly required?: boolean
  readonly maxLength?: number
  /** What it has to look like, and `says` how. */
  readonly pattern?: string
  readonly says?: string
  readonly type?: "text" | "search" | "url" | "datetime-local"
  readonly inputMode?: "decimal" | "numeric"
  readonly placeholder?: string
  /** A code, of which no dictionary knows how it is spelt. */
  readonly isCode?: boolean
  /** What Enter does instead of sending the form. */
  readonly onEnter?: () => void
}

/** A line of text. */
export function TextField({ value, onChange, says, isCode = false, onEnter, ...props }: TextProps) {
  const { required, maxLength, pattern, type = "text", inputMode, placeholder } = props
  return (
    <Labelled field={props}>
      {(control) => (
        <input
          {...control}
          {...{ value, required, maxLength, pattern, type, inputMode, placeholder }}
          title={says}
          spellCheck={!isCode}
          autoComplete="off"
          onChange={({ target }) => onChange(target.value)}
          onKeyDown={(event) => {
            if (event.key !== "Enter" || !onEnter) return
            event.preventDefault()
            onEnter()
          }}
        />
      )}
    </Labelled>
  )
}

/** A number; NaN while there is none. @param props.step the smallest difference: 0.01 for amounts */
export function NumberField(
  props: Field & {
    readonly value: number
    readonly onChange: (value: number) => void
    readonly min?: number
    readonly max?: number
    readonly step?: number
    readonly required?: boolean
    readonly isDisabled?: boolean
  },
) {
  const { value, min, max, step = 1, required, isDisabled = false } = props
  return (
    <Labelled field={props}>
      {(control) => (
        <input
          {...control}
          {...{ min, max, step, required }}
          type="number"
          disabled={isDisabled}
          value={Number.isNaN(value) ? "" : value}
          onChange={({ target }) => props.onChange(target.valueAsNumber)}
        />
      )}
    </Labelled>
  )
}

/** Text of several lines. */
export function LongTextField(
  props: Field & Pick<TextProps, "value" | "onChange" | "required" | "maxLength">,
) {
  const { value, onChange, required, maxLength } = props
  return (
    <Labelled field={props}>
      {(control) => (
        <textarea
          {...control}
          {...{ value, required, maxLength }}
          rows={5}
          onChange={({ target }) => onChange(target.value)}
        />
      )}
    </Labelled>
  )
}

/** One of a few. */
export function ChoiceField<Value extends string>(
  props: Field & {
    readonly value: Value
    readonly choices: readonly (readonly [value: Value, label: string])[]
    readonly onChange: (value: Value) => void
  },
) {
  return (
    <Labelled field={props}>
      {(control) => (
        <select
          {...control}
          value={props.value}
          onChange={({ target }) => props.onChange(target.value as Value)}
        >
          {props.choices.map(([value, label]) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </select>
      )}
    </Labelled>
  )
}

/** Yes or no. */
export function CheckField(props: {
  readonly label: string
  readonly isLabelHidden?: boolean
  readonly isDisabled?: boolean
  readonly value: boolean
  readonly onChange: (value: boolean) => void
}) {
  return (
    <label className="check">
      <input
        type="checkbox"
        checked={props.value}
        disabled={props.isDisabled}
        onChange={({ target }) => props.onChange(target.checked)}
      />
      <span className={props.isLabelHidden ? "visually-hidden" : ""}>{props.label}</span>
    </label>
  )
}
