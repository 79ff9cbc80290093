import { useLastCustomer } from "../session/session.ts"
import type { NavigationEntry } from "./navigation.ts"

/** Whether somebody with these roles may do something at a page of the navigation. */
export const mayVisit = (entry: NavigationEntry, roles: readonly string[]): boolean =>
  entry.roles.some((role) => roles.includes(role))

/** Whether whoever is signed in has a role. It only spares them a refusal: the API decides. */
export const useHasRole = (role: string): boolean => useLastCustomer()?.roles.includes(role) ?? false
