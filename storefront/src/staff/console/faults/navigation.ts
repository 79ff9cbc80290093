/** Its entry of the console's navigation. */
export const faultsEntry = {
  to: "/console/faults",
  label: "Faults",
  says: "In the local cloud: let payments, messages and parts go wrong, and replay it",
  roles: ["operations", "orders.manage"],
} as const
