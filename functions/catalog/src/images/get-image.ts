import { useCase } from "@eshop/building-blocks/app/use-case"
import { defineRefusal } from "@eshop/domain/kernel/refusal"
import { seedPicture } from "@eshop/domain/seed/picture"
import * as z from "zod"

const imageUnknown = defineRefusal("image.unknown", "not-found", "There is no such image.")

/** A picture of the seed catalogue. Other pictures lie where their addresses say. */
export const getImage = useCase("catalog.get-image", {
  input: z.strictObject({ name: z.string().max(200).describe("`iphone-x-black.svg`") }),
  result: z.string(),
  refusals: [imageUnknown],
  handle:
    () =>
    async ({ name }) =>
      seedPicture(name) ?? imageUnknown(),
})
