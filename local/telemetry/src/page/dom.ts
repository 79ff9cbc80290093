type Child = Node | string | number | null | undefined | false
type Handler = (event: Event) => void
type Properties = Readonly<Record<string, string | number | boolean | undefined | Handler>>

const SVG = "http://www.w3.org/2000/svg"

function fill<E extends Element>(element: E, properties: Properties, children: readonly Child[]): E {
  for (const [name, value] of Object.entries(properties)) {
    if (typeof value === "function") element.addEventListener(name, value)
    else if (value !== undefined && value !== false)
      element.setAttribute(name, value === true ? "" : String(value))
  }
  // Whatever a sender wrote becomes text here, never markup.
  for (const child of children) {
    if (child !== null && child !== undefined && child !== false)
      element.append(child instanceof Node ? child : String(child))
  }
  return element
}

/** Makes an element. @param properties attributes, and handlers of events by their names */
export function h<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  properties: Properties = {},
  ...children: Child[]
): HTMLElementTagNameMap[Tag] {
  return fill(document.createElement(tag), properties, children)
}

/** Makes an element of a drawing. */
export function svg<Tag extends keyof SVGElementTagNameMap>(
  tag: Tag,
  properties: Properties = {},
  ...children: Child[]
): SVGElementTagNameMap[Tag] {
  return fill(document.createElementNS(SVG, tag), properties, children)
}

/** Replaces what an element holds; the focus stays on the link or control of the same name. */
export function replace(container: Element, ...children: Child[]): void {
  const { activeElement } = document
  const key = container.contains(activeElement) ? keyOf(activeElement) : undefined
  container.replaceChildren()
  fill(container, {}, children)
  if (key === undefined) return
  const same = [...container.querySelectorAll<HTMLElement>("a, button, summary")].find(
    (candidate) => keyOf(candidate) === key,
  )
  same?.focus({ preventScroll: true })
}

const keyOf = (element: Element | null) =>
  element?.getAttribute("href") ?? element?.getAttribute("data-key") ?? element?.textContent ?? undefined

/** Runs the work now and then again and again, while the page is looked at, until the signal. */
export function repeat(milliseconds: number, signal: AbortSignal, work: () => Promise<void>): void {
  const run = async () => {
    if (document.visibilityState === "visible") await work().catch(() => {})
    if (!signal.aborted) setTimeout(run, milliseconds)
  }
  void run()
}

/** Calls the work when it has not been asked for again for a moment. */
export function settled(work: () => void, milliseconds = 200): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined
  return () => {
    clearTimeout(timer)
    timer = setTimeout(work, milliseconds)
  }
}
