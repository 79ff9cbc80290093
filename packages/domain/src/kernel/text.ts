import * as z from "zod"
import { containsCardNumber } from "./card-number.ts"

/** Control characters, line ends and halves of a surrogate pair: nothing that a form's line holds. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u
/** One character that leaves ink: not blank, not ignorable (U+200B, the Hangul fillers), not the empty Braille cell. */
const VISIBLE = /[^\s\p{Default_Ignorable_Code_Point}\p{M}\u2800]/u

/** Refuses text that contains a card number: card data never enters, a payment method's token does. */
export const withoutCardNumber = <T extends z.ZodType<string>>(text: T): T =>
  text.refine((value) => !containsCardNumber(value), {
    error: "Must not contain a card number; pay with a payment method's token",
  })

/**
 * A line of text that a person writes: trimmed, visible, without control characters and without a card number.
 * @param max characters (UTF-16 code units)
 * @param min after trimming
 */
export const freeText = (max: number, min = 1) =>
  withoutCardNumber(
    z
      .string()
      .trim()
      .min(min)
      .max(max)
      .refine((value) => VISIBLE.test(value), { error: "Must contain a visible character" })
      .refine((value) => !UNPRINTABLE.test(value), { error: "Must not contain control characters" }),
  )

/** Text of several lines that a person writes, as {@link freeText} otherwise. @param max characters */
export const paragraphs = (max: number) =>
  withoutCardNumber(
    z
      .string()
      .trim()
      .max(max)
      .refine((value) => VISIBLE.test(value), { error: "Must contain a visible character" })
      .refine((value) => !UNPRINTABLE.test(value.replace(/\r?\n/g, "")), {
        error: "Must not contain control characters other than line ends",
      }),
  )

export const PersonName = freeText(100)

const LOCAL_PART = /^(?!\.)(?!.*\.\.)(?!.*\.@)[^\s@"(),:;<>[\]\\\p{C}]{1,64}@[^@]*$/u
const DOMAIN = /@(?:(?!-)[\p{L}\p{M}\p{N}-]{1,63}(?<!-)\.)+(?!-)(?=.*\p{L})[\p{L}\p{M}\p{N}-]{2,63}(?<!-)$/u

/** An address with an unquoted local part (RFC 5321, and RFC 6531 beyond ASCII) at a domain name, also an international one. */
export const EmailAddress = withoutCardNumber(
  z
    .string()
    .trim()
    .max(254)
    .refine((value) => LOCAL_PART.test(value) && DOMAIN.test(value), { error: "Invalid email address" }),
).meta({ format: "idn-email" })
