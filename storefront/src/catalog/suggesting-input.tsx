import { useQuery } from "@tanstack/react-query"
import { useNavigate } from "@tanstack/react-router"
import { useEffect, useLayoutEffect, useRef, useState } from "react"
import { Autocomplete, Input, ListBox, ListBoxItem, SearchField } from "react-aria-components"
import { t } from "../texts/texts.ts"
import { suggestionsQuery } from "./catalog.ts"
import { inputAttributes } from "./search-input.ts"

/** After the last letter suggestions are asked for, in milliseconds. */
const SETTLED_AFTER_MS = 150

/** What is given, once it has not changed for a moment. */
function useSettled(value: string): string {
  const [settled, setSettled] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), SETTLED_AFTER_MS)
    return () => clearTimeout(timer)
  }, [value])
  return settled
}

type Props = {
  text: string
  type: (text: string) => void
  /** Told when a suggestion was chosen, and the search is no longer wanted. */
  leave: () => void
  /** Whether somebody is typing in the plain input, whose place it takes. */
  takesFocus: boolean
}

/** The input of the search with categories, brands and products to choose from. */
export function SuggestingInput({ text, type, leave, takesFocus }: Props) {
  const input = useRef<HTMLInputElement>(null)
  useLayoutEffect(() => {
    if (!takesFocus || !input.current || input.current === document.activeElement) return
    input.current.focus()
    const end = input.current.value.length
    input.current.setSelectionRange(end, end)
  }, [takesFocus])
  const navigate = useNavigate()
  const settled = useSettled(text.trim())
  const { data } = useQuery(suggestionsQuery(settled))
  const [isHere, setHere] = useState(takesFocus)
  const items = settled === "" ? [] : (data?.items ?? [])

  const choose = (index: number) => {
    const item = items[index]
    if (!item) return
    setHere(false)
    type("")
    leave()
    if (item.kind === "product" && item.slug !== undefined)
      void navigate({ to: "/products/$slug", params: { slug: item.slug } })
    else if (item.kind === "category" && item.slug !== undefined)
      void navigate({ to: "/products", search: { category: item.slug } })
    else void navigate({ to: "/products", search: { brand: item.text } })
  }

  const isShown = isHere && items.length > 0
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it only notes whether the focus is within.
    <div
      className="suggesting"
      onFocus={() => setHere(true)}
      // While a suggestion is looked at, the input is told that it has lost the focus, and has it all the same.
      onBlur={({ currentTarget, relatedTarget }) =>
        setHere(currentTarget.contains(relatedTarget ?? document.activeElement))
      }
      onKeyDown={({ key }) => key === "Escape" && setHere(false)}
    >
      <Autocomplete
        inputValue={text}
        onInputChange={(words) => {
          setHere(true)
          type(words)
        }}
        disableAutoFocusFirst
      >
        <SearchField aria-label={t("search.label")}>
          <Input ref={input} {...inputAttributes()} />
        </SearchField>
        {isShown && (
          <ListBox
            aria-label={t("search.suggestions")}
            className="suggestions"
            items={items.map((item, index) => ({ ...item, key: index }))}
            onAction={(key) => choose(Number(key))}
          >
            {({ key, kind, text: suggestion }) => (
              <ListBoxItem id={key} textValue={suggestion} className="suggestion">
                <span>{suggestion}</span>
                <span className="suggestion-kind">{t(`search.kind.${kind}`)}</span>
              </ListBoxItem>
            )}
          </ListBox>
        )}
      </Autocomplete>
    </div>
  )
}
