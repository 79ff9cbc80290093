/** A value as it was written; nothing where there is none. */
export function Json({ label, value }: { label: string; value: unknown }) {
  if (value === undefined || value === null) return null
  const text = typeof value === "string" ? value : JSON.stringify(value, null, 2)
  return (
    <figure className="json">
      <figcaption>{label}</figcaption>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard */}
      <pre tabIndex={0}>{text}</pre>
    </figure>
  )
}
