import { OrderId } from "@eshop/domain/kernel/ids"
import * as z from "zod"

const ORDER_ID_LENGTH = 36

/** The order that an instance of this app's sagas belongs to: its id begins with the order's. */
export const orderIdOf = (instanceId: string): string => instanceId.slice(0, ORDER_ID_LENGTH)

/** The id of an instance: the order's own for its checkout, with a suffix for the others. */
export const InstanceId = z
  .string()
  .max(100)
  .regex(/^[0-9a-f-]{36}(-[0-9a-z-]+)?$/)
  .refine((id) => OrderId.safeParse(orderIdOf(id)).success, "begins with no order's id")
