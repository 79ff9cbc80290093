/** The URLs that clients get: management of one instance, and the durable client binding. */

import type { DurableConfig } from "../config.ts"

export type Endpoints = {
  /** `http://localhost:7071/runtime/webhooks/durabletask`. */
  webhookUrl: string
  /** System key of the webhook. */
  code: string
  /** `http://127.0.0.1:1234/durabletask/`, for the client library. */
  rpcBaseUrl: string
}

export type ManagementUrls = {
  id: string
  statusQueryGetUri: string
  sendEventPostUri: string
  terminatePostUri: string
  rewindPostUri: string
  purgeHistoryDeleteUri: string
  restartPostUri: string
  suspendPostUri: string
  resumePostUri: string
}

/** The management URLs of an instance; `origin` replaces scheme and authority (the host the caller used). */
export function managementUrls(
  config: DurableConfig,
  endpoints: Endpoints,
  instanceId: string,
  origin?: string,
): ManagementUrls {
  const base = origin ? origin + new URL(endpoints.webhookUrl).pathname : endpoints.webhookUrl
  const instance = `${base}/instances/${encodeURIComponent(instanceId)}`
  const query = `taskHub=${encodeURIComponent(config.hubName)}&connection=${encodeURIComponent(config.connectionName)}&code=${encodeURIComponent(endpoints.code)}`
  return {
    id: instanceId,
    statusQueryGetUri: `${instance}?${query}`,
    sendEventPostUri: `${instance}/raiseEvent/{eventName}?${query}`,
    terminatePostUri: `${instance}/terminate?reason={text}&${query}`,
    rewindPostUri: `${instance}/rewind?reason={text}&${query}`,
    purgeHistoryDeleteUri: `${instance}?${query}`,
    restartPostUri: `${instance}/restart?${query}`,
    suspendPostUri: `${instance}/suspend?reason={text}&${query}`,
    resumePostUri: `${instance}/resume?reason={text}&${query}`,
  }
}

/** The value of a `durableClient` input binding, as JSON text. */
export function clientBinding(config: DurableConfig, endpoints: Endpoints): string {
  const code = `code=${encodeURIComponent(endpoints.code)}`
  const create = `${endpoints.webhookUrl}/orchestrators/{functionName}[/{instanceId}]`
  return JSON.stringify({
    taskHubName: config.hubName,
    creationUrls: {
      createNewInstancePostUri: `${create}?${code}`,
      createAndWaitOnNewInstancePostUri: `${create}?timeout={timeoutInSeconds}&pollingInterval={intervalInSeconds}&${code}`,
    },
    managementUrls: managementUrls(config, endpoints, "INSTANCEID"),
    baseUrl: endpoints.webhookUrl,
    requiredQueryStringParameters: code,
    rpcBaseUrl: endpoints.rpcBaseUrl,
  })
}
