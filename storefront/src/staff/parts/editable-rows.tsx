import type { ReactNode } from "react"
import { Table } from "./table.tsx"

type Props<Row> = {
  readonly label: string
  readonly columns: readonly string[]
  /** The heading of the column in which a row is removed. */
  readonly actions: string
  readonly rows: readonly Row[]
  readonly change: (rows: Row[]) => void
  readonly removeLabel: (number: number) => string
  /** The cells of a row. @param put changes some of its members */
  readonly cells: (row: Row, index: number, put: (next: Partial<Row>) => void) => ReactNode
}

/** A table of which each row is changed in its place or removed. */
export function EditableRows<Row extends { readonly key: string }>(props: Props<Row>) {
  const { rows, change } = props
  return (
    <Table label={props.label} columns={[...props.columns, { label: props.actions, isHidden: true }]}>
      {rows.map((row, index) => (
        <tr key={row.key}>
          {props.cells(row, index, (next) =>
            change(rows.map((one) => (one.key === row.key ? { ...one, ...next } : one))),
          )}
          <td>
            <button
              type="button"
              className="icon-button"
              aria-label={props.removeLabel(index + 1)}
              onClick={() => change(rows.filter(({ key }) => key !== row.key))}
            >
              ×
            </button>
          </td>
        </tr>
      ))}
    </Table>
  )
}
