/** Values by their names in a text. */
export type Values = Readonly<Record<string, string | number>>

/** A text with each `{name}` in it replaced by the value of that name. */
export const filled = (text: string, values: Values): string =>
  text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole))

/** A catalogue of texts in one language; its keys are checked when they are used. */
export const messages =
  <const Texts extends Readonly<Record<string, string>>>(texts: Texts) =>
  (key: keyof Texts & string, values: Values = {}): string =>
    filled(texts[key] as string, values)
