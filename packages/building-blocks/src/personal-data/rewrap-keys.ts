import * as z from "zod"
import { post } from "../app/app.ts"
import { useCase } from "../app/use-case.ts"
import { PRIVACY_ROLE } from "./erased-customers.ts"
import type { WrappedKeys } from "./personal-data.ts"

/** Keys of one call: well below a second. */
const CHUNK = 500

/**
 * Wraps a chunk of the keys of personal data with the current version of PERSONAL_DATA_KEYS. Called until nothing was
 * left to do; may be ended at any time and begun again. A version that wraps no key any more can be taken out of the
 * setting.
 */
const rewrapKeys = useCase("operations.rewrap-keys", {
  input: z.strictObject({}),
  result: z.strictObject({
    rewrapped: z.int(),
    versions: z.array(z.strictObject({ version: z.string(), keys: z.int() })),
  }),
  handle:
    ({ wrappedKeys }: { wrappedKeys: WrappedKeys }) =>
    async (_, call) => ({
      rewrapped: await call.transact((tx) => wrappedKeys.rewrap(tx, CHUNK)),
      versions: [...(await wrappedKeys.versions())],
    }),
})

/** What rotates the wrapping keys of an app that keeps personal data. */
export const keyRotationRoutes = [
  post("operations/personal-data/rewrap", rewrapKeys, { access: { role: PRIVACY_ROLE } }),
] as const
