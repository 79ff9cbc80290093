import * as z from "zod"

const GTIN = /^(?:\d{8}|\d{12}|\d{13}|\d{14})$/

/** Whether the last digit is the check digit of the others: weighted 3, 1, 3 … from the right, they add up to tens. */
function endsInCheckDigit(digits: string): boolean {
  let sum = 0
  for (let place = 0; place < digits.length; place++)
    sum += Number(digits[digits.length - 1 - place]) * (place % 2 === 0 ? 1 : 3)
  return sum % 10 === 0
}

/** Global Trade Item Number: GTIN-8, -12 (UPC), -13 (EAN) or -14, with its check digit (GS1 General Specifications 7.9). */
export const Gtin = z
  .string()
  .regex(GTIN, "Must be 8, 12, 13 or 14 digits")
  .refine((digits) => !GTIN.test(digits) || endsInCheckDigit(digits), {
    error: "The check digit is wrong",
  })
  .describe("Global Trade Item Number: GTIN-8, -12, -13 or -14")
