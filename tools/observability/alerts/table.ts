import { type Alert, kebab } from "./alert.ts"
import { appAlerts } from "./apps.ts"
import { resourceAlerts } from "./azure-resources.ts"
import { objectiveAlerts } from "./objectives.ts"
import { symptomAlerts } from "./symptoms.ts"

/** Every alert of the shop. */
export const alerts: readonly Alert[] = [
  ...objectiveAlerts,
  ...appAlerts,
  ...symptomAlerts,
  ...resourceAlerts,
]

/** Unique also where two alerts share a name: `event-lag-page`. */
export const alertKey = ({ name, severity }: Alert): string =>
  alerts.filter((other) => other.name === name).length > 1 ? `${kebab(name)}-${severity}` : kebab(name)

/** Whether Azure Monitor watches it on AKS too: where Prometheus does, one fault must not tell people twice. */
export const inAzureOnAks = ({ prometheus }: Alert): boolean => prometheus === undefined
