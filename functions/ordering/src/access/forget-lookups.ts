import { useCase } from "@eshop/building-blocks/app/use-case"
import * as z from "zod"
import { LOOKUP_WINDOW_SECONDS } from "./look-up-order.ts"
import type { LookupCounts } from "./ports.ts"

/** Forgets how often something was looked up once that does not count any more. */
export const forgetLookups = useCase("ordering.forget-lookups", {
  input: z.strictObject({}),
  result: z.void(),
  handle:
    ({ lookups }: { readonly lookups: Pick<LookupCounts, "forgetOlderThan"> }) =>
    () =>
      lookups.forgetOlderThan(LOOKUP_WINDOW_SECONDS),
})
