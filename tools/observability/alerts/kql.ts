import { apps } from "../../apps.ts"

/** The app of a row: on Flex Consumption a role is called after the site, such as `func-eshop-prod-catalog`. */
export const appOf = `extract("(${apps.join("|")})", 1, AppRoleName)`

/** Rows of one of the shop's metrics, with their App. */
export const metric = (name: string): string =>
  `AppMetrics\n| where Name == "${name}"\n| extend App = ${appOf}`

/** One of a metric's attributes, as a column. */
export const attribute = (name: string): string => `tostring(Properties["${name}"])`

/** The apps of which a table has no row: a row for each. */
export const silentSince = (rows: string): string =>
  `${rows}\n| summarize Seen = make_set(${appOf})\n| extend App = set_difference(dynamic(${JSON.stringify(apps)}), Seen)\n| mv-expand App to typeof(string)\n| project App`
