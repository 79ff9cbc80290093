/** A pattern for LIKE that finds a text anywhere, whatever is in it. */
export const anywhere = (text: string): string => `%${text.replace(/[\\%_]/g, "\\$&")}%`
