import { createContext, type ReactNode, use, useEffect, useMemo, useState } from "react"
import { ApiError } from "../../api/api.ts"
import { codeOf, type Problem } from "../../api/problem.ts"
import { detailFor, messageOf } from "../problem-words.ts"

type Mistake = { readonly place: string; readonly says: string }

/** What the shop found wrong in what was sent, by JSON Pointer. */
const Mistakes = createContext<readonly Mistake[]>([])
const nowhere: Places = {}

/** Where in a form a refusal belongs that is told by its type alone: JSON Pointers, by the type's code. */
export type Places = Readonly<
  Record<string, (problem: Problem & Readonly<Record<string, unknown>>) => readonly string[]>
>

function mistakesIn(error: unknown, places: Places): readonly Mistake[] {
  if (!(error instanceof ApiError)) return []
  const { problem } = error
  const told = (problem.errors ?? []).map((one) => ({ place: one.pointer, says: messageOf(one) }))
  const refused = places[codeOf(problem)]?.({ ...problem }) ?? []
  return [...told, ...refused.map((place) => ({ place, says: detailFor(error) }))]
}

/** Lets the fields in it say what an error found wrong in them, and takes whoever sent the form to the first of them. */
export function MistakesOf(props: { error: unknown; places?: Places; children: ReactNode }) {
  const { error, places = nowhere, children } = props
  const mistakes = useMemo(() => mistakesIn(error, places), [error, places])
  useEffect(() => {
    if (error) document.querySelector<HTMLElement>("[aria-invalid='true']")?.focus()
  }, [error])
  return <Mistakes value={mistakes}>{children}</Mistakes>
}

/**
 * What is wrong at a place or in something that lies under it, until what stands there is another value.
 * @param pointer where the field's value lies in what is sent; a field without one has no mistakes
 */
export function useMistake(pointer: string | undefined, value: unknown): string | undefined {
  const mistakes = use(Mistakes)
  const [told, setTold] = useState({ mistakes, value })
  const isNews = told.mistakes !== mistakes
  if (isNews) setTold({ mistakes, value })
  if (pointer === undefined || (!isNews && told.value !== value)) return undefined
  return mistakes.find(({ place }) => place === pointer || place.startsWith(`${pointer}/`))?.says
}
