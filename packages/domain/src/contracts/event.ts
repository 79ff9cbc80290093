import * as z from "zod"

/** An integration event: its versioned type, where it is published, and the schema of its data. */
export type EventDefinition<T extends z.ZodType> = {
  /** CloudEvents `type`, e.g. `eshop.basket.checked-out.v1`; also the Service Bus label that rules filter on. */
  readonly type: string
  /** CloudEvents `source`: the publishing context. */
  readonly source: string
  /** The Service Bus topic. */
  readonly topic: string
  readonly data: T
  /** What consumers test themselves against. */
  readonly example: z.output<T>
}

/** CloudEvents 1.0 in structured JSON (https://github.com/cloudevents/spec), with the distributed tracing extension. */
export const CloudEvent = z.object({
  specversion: z.literal("1.0"),
  id: z.uuid(),
  type: z.string(),
  source: z.string(),
  subject: z.string().optional(),
  time: z.iso.datetime(),
  datacontenttype: z.literal("application/json"),
  traceparent: z.string().optional(),
  data: z.unknown(),
})
export type CloudEvent = z.infer<typeof CloudEvent>

export const defineEvent = <T extends z.ZodType>(definition: EventDefinition<T>): EventDefinition<T> =>
  definition

/**
 * Builds the CloudEvent of a fact.
 * @param id stable over every re-send: it becomes the Service Bus message id that consumers deduplicate by
 * @param subject what the event is about (an order id, a product id)
 */
export const toCloudEvent = <T extends z.ZodType>(
  event: EventDefinition<T>,
  meta: { id: string; time: Date; subject: string; traceparent?: string },
  data: z.input<T>,
): CloudEvent => ({
  specversion: "1.0",
  id: meta.id,
  type: event.type,
  source: event.source,
  subject: meta.subject,
  time: meta.time.toISOString(),
  datacontenttype: "application/json",
  ...(meta.traceparent && { traceparent: meta.traceparent }),
  data: event.data.parse(data),
})
