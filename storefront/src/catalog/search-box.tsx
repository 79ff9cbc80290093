import { useNavigate, useRouterState } from "@tanstack/react-router"
import { useCallback, useEffect, useRef, useState } from "react"
import { t } from "../texts/texts.ts"
import type { ListSearch } from "./list-search.ts"
import { inputAttributes } from "./search-input.ts"

type SuggestingInput = typeof import("./suggesting-input.tsx").SuggestingInput

/** When a page has come to rest, in milliseconds. */
const REST_MS = 1_000
/** After the last letter the list follows, in milliseconds. */
const FOLLOW_AFTER_MS = 200

/**
 * The search of the header. It suggests while somebody types; where the list is shown already, the list follows too.
 */
export function SearchBox() {
  const navigate = useNavigate()
  const shown = useRouterState({
    select: ({ location }) => (location.pathname === "/products" ? location.search : undefined),
  }) as ListSearch | undefined
  const q = shown?.q ?? ""
  const [text, setText] = useState(q)
  const [SuggestingInput, getReady] = useSuggestions()
  const plain = useRef<HTMLInputElement>(null)
  const following = useRef<ReturnType<typeof setTimeout>>(undefined)

  // The address leads: a link to another search, or a step back, is what the box says then.
  useEffect(() => setText(q), [q])
  useEffect(() => () => clearTimeout(following.current), [])

  const search = (words: string, replace = false) =>
    void navigate({ to: "/products", search: words === "" ? {} : { q: words }, replace })
  const type = (words: string) => {
    setText(words)
    clearTimeout(following.current)
    if (shown !== undefined) following.current = setTimeout(() => search(words.trim(), true), FOLLOW_AFTER_MS)
  }
  const plainInput = (
    <input
      ref={plain}
      {...inputAttributes()}
      aria-label={t("search.label")}
      value={text}
      onChange={({ target }) => type(target.value)}
      onPointerEnter={getReady}
      onFocus={getReady}
    />
  )
  return (
    <search className="search">
      <form
        className="search-box"
        onSubmit={(event) => {
          event.preventDefault()
          clearTimeout(following.current)
          search(text.trim())
        }}
      >
        {SuggestingInput ? (
          <SuggestingInput
            text={text}
            type={type}
            leave={() => clearTimeout(following.current)}
            takesFocus={plain.current !== null && plain.current === document.activeElement}
          />
        ) : (
          plainInput
        )}
        <button type="submit" className="search-button" aria-label={t("search.submit")}>
          <svg viewBox="0 0 24 24" width="20" height="20" aria-hidden="true" className="icon">
            <circle cx="11" cy="11" r="6.5" />
            <path d="m16 16 4.5 4.5" />
          </svg>
        </button>
      </form>
    </search>
  )
}

/**
 * The suggestions are loaded once the page has come to rest, or somebody is about to search; the first load does without
 * them. Their input takes the plain one's place at once, and its focus with it, so that no letter gets lost.
 */
function useSuggestions(): [SuggestingInput | undefined, () => void] {
  const [loaded, setLoaded] = useState<{ input: SuggestingInput }>()
  const load = useCallback(async () => {
    // Without a connection the plain input stays, and whoever comes to it next asks again.
    const loading = await import("./suggesting-input.tsx").catch(() => undefined)
    if (loading) setLoaded((before) => before ?? { input: loading.SuggestingInput })
  }, [])
  useEffect(() => {
    const timer = setTimeout(load, REST_MS)
    return () => clearTimeout(timer)
  }, [load])
  return [loaded?.input, () => void load()]
}
