/** What an expression comes to. */
export type Value = string | number | boolean | null | Value[] | { [key: string]: Value }
