import { h, svg } from "./dom.ts"
import { timeOf } from "./format.ts"

/** A line of a chart. */
export interface Line {
  readonly label: string
  /** By their times, in milliseconds since 1970. */
  readonly points: readonly { readonly time: number; readonly value: number }[]
  readonly isDashed?: boolean
}

const WIDTH = 320
const HEIGHT = 90
const MARGIN = 4
const HUES = 8

/**
 * Draws lines over time from 0 (or the least value below it) to the highest value.
 * @param write a value with its unit
 * @param description for those who do not see it
 */
export function chart(lines: readonly Line[], write: (value: number) => string, description: string): Node {
  const points = lines.flatMap(({ points }) => points)
  if (points.length === 0) return h("p", { class: "empty" }, "Nothing was measured yet.")
  const times = points.map(({ time }) => time)
  const first = times.reduce((a, b) => Math.min(a, b))
  const last = times.reduce((a, b) => Math.max(a, b))
  const top = points.reduce((most, { value }) => Math.max(most, value), 0)
  const bottom = points.reduce((least, { value }) => Math.min(least, value), 0)
  const x = (time: number) => MARGIN + ((time - first) / Math.max(last - first, 1)) * (WIDTH - 2 * MARGIN)
  const y = (value: number) =>
    HEIGHT - MARGIN - ((value - bottom) / (top - bottom || 1)) * (HEIGHT - 2 * MARGIN)
  const paths = lines.map(({ label, points: drawn, isDashed }, index) => {
    const at = ({ time, value }: Line["points"][number]) => `${x(time).toFixed(1)},${y(value).toFixed(1)}`
    const style = `hue-${index % HUES}${isDashed ? " dashed" : ""}`
    const [only] = drawn
    const title = svg("title", {}, label)
    return drawn.length === 1 && only
      ? svg("circle", { class: style, cx: x(only.time), cy: y(only.value), r: 2.5 }, title)
      : svg("polyline", { class: style, points: drawn.map(at).join(" ") }, title)
  })
  const newest = lines.flatMap(({ points: drawn }) => drawn.at(-1)?.value ?? [])
  const range = newest.length === 1 ? `now ${write(newest[0] as number)}` : ""
  return h(
    "figure",
    { class: "chart" },
    h("span", { class: "top" }, write(top)),
    svg(
      "svg",
      {
        viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
        role: "img",
        "aria-label": `${description}, at most ${write(top)}`,
        preserveAspectRatio: "none",
      },
      ...paths,
    ),
    h("figcaption", {}, h("span", {}, timeOf(first)), h("span", {}, range), h("span", {}, timeOf(last))),
  )
}
