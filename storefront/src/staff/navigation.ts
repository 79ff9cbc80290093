/** A page that is in the navigation. */
export type NavigationEntry = {
  readonly to: string
  readonly label: string
  /** What is done there, in a few words. */
  readonly says: string
  /** Who may do at least something there: one of these roles. */
  readonly roles: readonly string[]
}

export type NavigationGroup = { readonly label: string; readonly entries: readonly NavigationEntry[] }
