import { randomUUID } from "node:crypto"
import type { Attributes } from "@opentelemetry/api"
import {
  ATTR_CLOUD_ACCOUNT_ID,
  ATTR_CLOUD_PLATFORM,
  ATTR_CLOUD_PROVIDER,
  ATTR_CLOUD_REGION,
  ATTR_CLOUD_RESOURCE_ID,
  ATTR_DEPLOYMENT_ENVIRONMENT_NAME,
  ATTR_FAAS_INSTANCE,
  ATTR_FAAS_NAME,
  ATTR_SERVICE_INSTANCE_ID,
  ATTR_SERVICE_NAME,
  ATTR_SERVICE_VERSION,
} from "../semantic-conventions.ts"

/** Who sends. */
export type Service = { readonly name: string; readonly version: string }

/** In which environment the Functions host says that it runs; `OTEL_RESOURCE_ATTRIBUTES` tells staging from production. */
const environmentOf = ({ AZURE_FUNCTIONS_ENVIRONMENT }: NodeJS.ProcessEnv): Attributes =>
  AZURE_FUNCTIONS_ENVIRONMENT
    ? { [ATTR_DEPLOYMENT_ENVIRONMENT_NAME]: AZURE_FUNCTIONS_ENVIRONMENT.toLowerCase() }
    : {}

/** What App Service tells a Function App of itself (https://learn.microsoft.com/azure/app-service/reference-app-settings). */
function functionAppOf(env: NodeJS.ProcessEnv): Attributes {
  const { WEBSITE_SITE_NAME: site, WEBSITE_OWNER_NAME: owner, WEBSITE_RESOURCE_GROUP: group } = env
  if (!site) return {}
  // `{subscription}+{webspace}`
  const subscription = owner?.split("+")[0]
  return {
    [ATTR_CLOUD_PROVIDER]: "azure",
    [ATTR_CLOUD_PLATFORM]: "azure.functions",
    [ATTR_FAAS_NAME]: site,
    ...(env.WEBSITE_INSTANCE_ID && { [ATTR_FAAS_INSTANCE]: env.WEBSITE_INSTANCE_ID }),
    ...(env.REGION_NAME && { [ATTR_CLOUD_REGION]: env.REGION_NAME }),
    ...(subscription && { [ATTR_CLOUD_ACCOUNT_ID]: subscription }),
    ...(subscription &&
      group && {
        [ATTR_CLOUD_RESOURCE_ID]: `/subscriptions/${subscription}/resourceGroups/${group}/providers/Microsoft.Web/sites/${site}`,
      }),
  }
}

/** Who sends, as all that it sends says it. Each process is an instance: two never add to the same counter. */
export const resourceOf = (service: Service, env: NodeJS.ProcessEnv): Attributes => ({
  [ATTR_SERVICE_NAME]: service.name,
  [ATTR_SERVICE_VERSION]: service.version,
  [ATTR_SERVICE_INSTANCE_ID]: randomUUID(),
  ...environmentOf(env),
  ...functionAppOf(env),
})
