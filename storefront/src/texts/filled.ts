/** Values by their names in a text. */
export type Values = Readonly<Record<string, string | number>>

/** A text with each `{name}` in it replaced by the value of that name. */
export const filled = (text: string, values: Values): string =>
  text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole))
