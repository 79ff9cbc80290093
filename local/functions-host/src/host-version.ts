/** The version of the real host whose sources this one follows. */
export const hostVersion = "4.1037.0"
