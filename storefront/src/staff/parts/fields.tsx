import { type ReactNode, useId, useState } from "react"
import {
  FieldError,
  Input,
  Label,
  Text,
  TextArea,
  TextField as TextFieldOf,
  type ValidationResult,
} from "react-aria-components"
import { readDecimal, writeDecimal } from "./amounts.ts"
import { useMistake } from "./mistakes.tsx"
import { t } from "./texts.ts"

type Field = {
  readonly label: string
  /** The label is for those who hear the page: the heading of a column says the same. */
  readonly isLabelHidden?: boolean
  readonly hint?: string
  /** Where it lies in what is sent (JSON Pointer): what the shop finds wrong there is said at the field. */
  readonly pointer?: string
  readonly className?: string
}

type TextProps = Field & {
  readonly value: string
  readonly onChange: (value: string) => void
  readonly required?: boolean
  readonly maxLength?: number
  /** What it has to look like, and `says` how. */
  readonly pattern?: string
  readonly says?: string
  /** What is wrong with a value that fits the pattern. */
  readonly wrong?: (value: string) => string | undefined
  readonly type?: "text" | "search" | "url" | "date" | "datetime-local"
  readonly inputMode?: "decimal" | "numeric"
  readonly placeholder?: string
  /** A code, of which no dictionary knows how it is spelt. */
  readonly isCode?: boolean
  readonly isDisabled?: boolean
  /** Ids of what may be chosen from while one types. */
  readonly list?: string
  /** What Enter does instead of sending the form. */
  readonly onEnter?: () => void
  /** What the arrows up and down do: one more, one less. */
  readonly onArrow?: (by: 1 | -1) => void
  /** Told when the field is left. */
  readonly onBlur?: () => void
}

const labelClass = ({ isLabelHidden }: Field) => (isLabelHidden ? "visually-hidden" : "")

/** Why a value cannot be sent, in words of ours: the browser has its own in another language. */
function invalidWords({ validationDetails, validationErrors }: ValidationResult, says?: string): string {
  if (validationDetails.valueMissing) return t("form.required")
  if (validationDetails.patternMismatch) return says ?? t("form.pattern")
  if (validationDetails.typeMismatch) return t("form.url")
  if (validationDetails.badInput) return t("form.date")
  return validationErrors.join(" ")
}

type Asked = Pick<TextProps, "value" | "required" | "pattern" | "wrong" | "type">

function fits({ value, required = false, pattern, wrong, type }: Asked): boolean {
  // Whether a day is half typed only the browser knows.
  if (type === "date" || type === "datetime-local") return false
  if (value === "") return !required
  if (type === "url" && !URL.canParse(value)) return false
  return (!pattern || new RegExp(`^(?:${pattern})$`, "v").test(value)) && !wrong?.(value)
}

/**
 * What is said below a control: a hint, and what is wrong, by the shop or before anything is sent. What is right by now is
 * said so at once, and not when the field is left: whoever leaves it by pressing a button would see that button move away.
 */
function Below(props: {
  hint: string | undefined
  mistake: string | undefined
  id: string
  fits: boolean
  says?: string
}) {
  return (
    <>
      {props.hint && (
        <Text slot="description" className="hint">
          {props.hint}
        </Text>
      )}
      {props.mistake && (
        <span className="field-mistake" id={props.id}>
          {props.mistake}
        </span>
      )}
      <FieldError className="field-mistake">
        {(result) => !props.fits && invalidWords(result, props.says)}
      </FieldError>
    </>
  )
}

/** A line of text. A form with something wrong in it is not sent: the first wrong field gets the focus and says why. */
export function TextField({ value, onChange, says, isCode = false, onEnter, onArrow, ...props }: TextProps) {
  const { label, hint, required = false, maxLength, pattern, type = "text", inputMode } = props
  const id = useId()
  const mistake = useMistake(props.pointer, value)
  return (
    <TextFieldOf
      className={`field ${props.className ?? ""}`}
      {...{ value, onChange, type, isRequired: required }}
      {...(maxLength !== undefined && { maxLength })}
      {...(pattern !== undefined && { pattern })}
      {...(inputMode && { inputMode })}
      {...(props.wrong && { validate: props.wrong })}
      {...(props.onBlur && { onBlur: props.onBlur })}
      {...(mistake && { "aria-describedby": id })}
      isDisabled={props.isDisabled ?? false}
      autoComplete="off"
      spellCheck={isCode ? "false" : "true"}
      onKeyDown={(event) => {
        const act = {
          Enter: onEnter,
          ArrowUp: onArrow && (() => onArrow(1)),
          ArrowDown: onArrow && (() => onArrow(-1)),
        }[event.key]
        if (!act) return
        event.preventDefault()
        act()
      }}
    >
      <Label className={labelClass(props)}>{label}</Label>
      <Input
        {...(props.placeholder && { placeholder: props.placeholder })}
        {...(props.list && { list: props.list })}
        {...(mistake && { "aria-invalid": true })}
      />
      <Below hint={hint} mistake={mistake} id={id} fits={fits({ value, ...props })} {...(says && { says })} />
    </TextFieldOf>
  )
}

/** Text of several lines. */
export function LongTextField(
  props: Field & Pick<TextProps, "value" | "onChange" | "required" | "maxLength">,
) {
  const { value, onChange, required = false, maxLength } = props
  const id = useId()
  const mistake = useMistake(props.pointer, value)
  return (
    <TextFieldOf
      className={`field ${props.className ?? ""}`}
      {...{ value, onChange, isRequired: required }}
      {...(maxLength !== undefined && { maxLength })}
      {...(mistake && { "aria-describedby": id })}
    >
      <Label className={labelClass(props)}>{props.label}</Label>
      <TextArea rows={5} {...(mistake && { "aria-invalid": true })} />
      <Below hint={props.hint} mistake={mistake} id={id} fits={fits({ value, required })} />
    </TextFieldOf>
  )
}

type NumberProps = Field & {
  /** NaN while there is none. */
  readonly value: number
  readonly onChange: (value: number) => void
  readonly min?: number
  readonly max?: number
  /** Digits behind the point: 2 of an amount. */
  readonly digits?: number
  readonly required?: boolean
  readonly isDisabled?: boolean
}

/**
 * A number, written as the person's language writes it. What is no number, or out of bounds, stays as it was typed and is
 * said: a field that corrected it by itself would let somebody ship or refund what they never typed.
 */
export function NumberField({ value, onChange, min, max, digits = 0, ...props }: NumberProps) {
  const scale = 10 ** digits
  const write = (number: number) =>
    Number.isNaN(number)
      ? ""
      : writeDecimal(Math.round(number * scale), digits)
          .replace(/([.,]\d*?)0+$/, "$1")
          .replace(/[.,]$/, "")
  const read = (text: string) => (readDecimal(text, digits) ?? Number.NaN) / scale
  const [shown, setShown] = useState(() => ({ value, typed: write(value) }))
  // Another value than the typed one comes from elsewhere.
  if (!Object.is(shown.value, value)) setShown({ value, typed: write(value) })
  const step = (by: number) => {
    const next = Number.isNaN(value) ? (min ?? 0) : value + by
    onChange(Math.min(Math.max(next, min ?? 0), max ?? Number.MAX_SAFE_INTEGER))
  }
  const wrong = (text: string) => {
    if (text === "") return undefined
    const number = read(text)
    if (Number.isNaN(number)) return digits === 0 ? t("form.whole") : t("form.number", { most: digits })
    if (min !== undefined && number < min) return t("form.least", { min: write(min) })
    return max !== undefined && number > max ? t("form.most", { max: write(max) }) : undefined
  }
  return (
    <TextField
      {...props}
      value={shown.typed}
      onChange={(typed) => {
        setShown({ value: read(typed), typed })
        onChange(read(typed))
      }}
      wrong={wrong}
      {...(digits === 0 && { onArrow: step })}
      inputMode={digits === 0 ? "numeric" : "decimal"}
    />
  )
}

/** One of a few. The list is the browser's own, which every telephone shows in its way, as in the shop. */
export function ChoiceField<Value extends string>(
  props: Field & {
    readonly value: Value
    readonly choices: readonly (readonly [value: Value, label: string])[]
    readonly onChange: (value: Value) => void
    readonly isDisabled?: boolean
    /** Choices under headings, after the others. */
    readonly groups?: readonly (readonly [label: string, choices: readonly (readonly [Value, string])[]])[]
  },
) {
  const id = useId()
  const mistake = useMistake(props.pointer, props.value)
  const described = [props.hint && `${id}-hint`, mistake && `${id}-mistake`].filter(Boolean).join(" ")
  return (
    <div className={`field ${props.className ?? ""}`}>
      <label htmlFor={id} className={labelClass(props)}>
        {props.label}
      </label>
      <select
        id={id}
        value={props.value}
        disabled={props.isDisabled}
        aria-invalid={mistake !== undefined}
        aria-describedby={described || undefined}
        onChange={({ target }) => props.onChange(target.value as Value)}
      >
        <Options choices={props.choices} />
        {props.groups?.map(([label, choices]) => (
          <optgroup key={label} label={label}>
            <Options choices={choices} />
          </optgroup>
        ))}
      </select>
      {props.hint && (
        <span className="hint" id={`${id}-hint`}>
          {props.hint}
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

const Options = ({ choices }: { choices: readonly (readonly [value: string, label: string])[] }): ReactNode =>
  choices.map(([value, label]) => (
    <option key={value} value={value}>
      {label}
    </option>
  ))

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
