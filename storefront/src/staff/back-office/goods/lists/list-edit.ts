import { useMutation } from "@tanstack/react-query"
import { useState } from "react"
import { isSame } from "../products/merge.ts"

/** What became of a list that somebody saved. */
export type Saved<Seen> =
  | { readonly type: "saved"; readonly seen: Seen }
  | { readonly type: "unchanged" }
  /** Somebody else has saved another one meanwhile; nothing was written. */
  | { readonly type: "stale"; readonly theirs: Seen }

/** A list that is read and saved as a whole, and how a form shows it. */
export type EditedList<Seen, Item, Row> = {
  readonly itemsOf: (seen: Seen) => readonly Item[]
  readonly rowOf: (item: Item) => Row
  /** What a row says; undefined while it says nothing that can be sent. */
  readonly itemFrom: (row: Row) => Item | undefined
  /** @throws ApiError with a refusal other than that somebody else was faster */
  readonly save: (base: Seen, items: Item[]) => Promise<Saved<Seen>>
  readonly onSaved: () => void
}

/** The state of a form for a list that other people may save too. @param seen the list as it was read */
export function useListEdit<Seen, Item, Row>(seen: Seen, list: EditedList<Seen, Item, Row>) {
  const rowsOf = (one: Seen): readonly Row[] => list.itemsOf(one).map(list.rowOf)
  const [base, setBase] = useState(seen)
  const [rows, setRows] = useState(() => rowsOf(seen))
  const [theirs, setTheirs] = useState<Seen>()
  const [told, setTold] = useState<"saved" | "unchanged">()
  const { mutate, error, isPending } = useMutation({
    mutationFn: ({ from, items }: { from: Seen; items: Item[]; sent: readonly Row[] }) =>
      list.save(from, items),
    onMutate: () => setTold(undefined),
    onSuccess: (answer, { sent }) => {
      if (answer.type === "stale") return setTheirs(answer.theirs)
      setTold(answer.type)
      if (answer.type === "unchanged") return
      setBase(answer.seen)
      // What was typed while the answer was on its way stays.
      setRows((now) => (now === sent ? rowsOf(answer.seen) : now))
      list.onSaved()
    },
  })
  const items = rows.map(list.itemFrom)
  const isWhole = items.every((item) => item !== undefined)
  const send = (from: Seen) => isWhole && mutate({ from, items, sent: rows })
  const back = () => setTheirs(undefined)
  const take = (now: Seen) => {
    setBase(now)
    setRows(rowsOf(now))
    back()
  }
  const keep = (now: Seen) => {
    setBase(now)
    back()
    send(now)
  }
  return {
    ...{ base, rows, setRows, error, isPending, told, back },
    isDirty: !isWhole || !isSame(items, list.itemsOf(base)),
    send: () => send(base),
    /** What somebody else has saved meanwhile, until it is decided what becomes of it. */
    stale: theirs && { theirs, take: () => take(theirs), keep: () => keep(theirs) },
  }
}

export type ListEdit<Seen, Item, Row> = ReturnType<typeof useListEdit<Seen, Item, Row>>
