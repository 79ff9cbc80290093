import * as z from "zod"
import { type VersionedKeys, versionedKeys } from "../versioned-keys.ts"

/** The keys that customers' keys are wrapped with, by version. The first one wraps; all of them unwrap. */
export type WrappingKeys = VersionedKeys

/** Settings of an app that keeps personal data. */
export const PersonalDataSettings = z.object({ PERSONAL_DATA_KEYS: versionedKeys })
