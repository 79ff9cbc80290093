/** An element of a policy document. */
export type Element = {
  readonly name: string
  readonly attributes: ReadonlyMap<string, string>
  readonly children: Element[]
}

const TAG = /<(\/?)([a-z-]+)((?:\s+[a-z-]+="[^"<]*")*)\s*(\/?)>/g

const attributesOf = (text: string): Map<string, string> =>
  new Map([...text.matchAll(/([a-z-]+)="([^"]*)"/g)].map(([, name = "", value = ""]) => [name, value]))

/** Reads a policy document as XML, as far as policies use it: no CDATA, no processing instructions. */
export function parsePolicy(xml: string): { root: Element | undefined; errors: string[] } {
  const errors: string[] = []
  const text = xml.replace(/<!--[\s\S]*?-->/g, "")
  const document: Element = { name: "", attributes: new Map(), children: [] }
  const open = [document]
  for (const [, closing, name = "", attributes = "", empty] of text.matchAll(TAG)) {
    const parent = open.at(-1) as Element
    if (closing) {
      if (parent.name !== name) errors.push(`</${name}> closes <${parent.name}>`)
      if (open.length > 1) open.pop()
      continue
    }
    const element = { name, attributes: attributesOf(attributes), children: [] }
    parent.children.push(element)
    if (!empty) open.push(element)
  }
  if (open.length > 1) errors.push(`<${open.at(-1)?.name}> is never closed`)
  if (document.children.length !== 1) errors.push("a document has one root element")
  const rest = text.replace(TAG, "")
  if (/[<>]/.test(rest)) errors.push(`not a tag: ${/\S*[<>].*/.exec(rest)?.[0].trim().slice(0, 60)}`)
  if (/&(?!(amp|lt|gt|quot|apos);)/.test(text)) errors.push("a bare & that is no entity")
  return { root: document.children[0], errors }
}
