import { ApiError } from "../../api/api.ts"

/** Whether there is nothing by the name in the address: it is unknown, or cannot be a name at all. */
export const saysMissing = (error: unknown): boolean =>
  error instanceof ApiError && [400, 404].includes(error.problem.status)
