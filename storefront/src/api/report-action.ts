import { readConfiguration } from "../session/configuration.ts"
import type { Action } from "./trace.ts"

/** Of OTLP: a span of a client. */
const CLIENT = 3

/** Nanoseconds since 1970 of a time of the page. */
const nanoseconds = (time: number): string =>
  `${BigInt(Math.round((performance.timeOrigin + time) * 1_000)) * 1_000n}`

/** An action as one span of OTLP, as JSON (https://opentelemetry.io/docs/specs/otlp/#otlphttp). Nobody is named in it. */
export const spanOf = ({ name, traceId, spanId, began, ended = began }: Action) => ({
  resourceSpans: [
    {
      resource: { attributes: [{ key: "service.name", value: { stringValue: "storefront" } }] },
      scopeSpans: [
        {
          scope: { name: "storefront" },
          spans: [
            {
              ...{ traceId, spanId, name, kind: CLIENT },
              ...{ startTimeUnixNano: nanoseconds(began), endTimeUnixNano: nanoseconds(ended) },
            },
          ],
        },
      ],
    },
  ],
})

let endpoint: Promise<string | undefined> | undefined

/** Sends an action to where the configuration says that spans go, if anywhere. What is not taken is lost. */
export async function reportAction(action: Action): Promise<void> {
  endpoint ??= readConfiguration().then(({ telemetry }) => telemetry)
  const url = await endpoint
  if (!url) return
  navigator.sendBeacon(url, new Blob([JSON.stringify(spanOf(action))], { type: "application/json" }))
}
