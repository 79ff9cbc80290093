import type { CallContext, UseCase } from "@eshop/building-blocks/use-case"
import * as df from "durable-functions"
import { z } from "zod"

const ActivityInput = z.object({ data: z.unknown(), traceparent: z.string().optional() })

/**
 * Registers use cases as durable activities, each under the last part of its name. A refusal is a result that the
 * saga looks at; a throw is tried again.
 */
export function registerActivities(
  systemCall: (traceparent?: string) => CallContext,
  useCases: readonly UseCase[],
): void {
  for (const useCase of useCases) {
    const name = useCase.name.slice(useCase.name.lastIndexOf(".") + 1)
    df.app.activity(name, {
      handler: async (input: unknown) => {
        const { data, traceparent } = ActivityInput.parse(input)
        return await useCase.handle(useCase.input.parse(data), systemCall(traceparent))
      },
    })
  }
}
