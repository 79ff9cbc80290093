import type { Configuration, Registration } from "./configuration.ts"

/** Where people come in. Those of one door are not signed in at the other. */
export type Door = {
  readonly name: string
  /** Where the provider sends them after the sign-in. */
  readonly callback: string
  /** Where it sends them after the sign-out. */
  readonly signedOut: string
  readonly home: string
  readonly registration: (configuration: Configuration) => Registration
}

/** The shop's own door: its customers'. */
export const shopDoor: Door = {
  name: "shop",
  callback: "/sign-in/callback",
  signedOut: "/signed-out",
  home: "/",
  registration: (configuration) => configuration,
}

/** The door of the back office and the console: the merchant's people. */
export const staffDoor: Door = {
  name: "staff",
  callback: "/back-office/sign-in/callback",
  signedOut: "/back-office/signed-out",
  home: "/back-office",
  registration: ({ staff }) => staff,
}
