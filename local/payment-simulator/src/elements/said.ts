/** What the frame says to the page around it, and nobody else. None of it is card data. */
export type FromFrame =
  | { readonly type: "ready" }
  /** How high the frame's content is, in CSS pixels. */
  | { readonly type: "height"; readonly height: number }
  | { readonly type: "change"; readonly complete: boolean; readonly empty: boolean }
  | { readonly type: "focus" | "blur" | "submit" }
  /** The answer to `pay` of this number. */
  | { readonly type: "paid"; readonly number: number; readonly answer: PaymentMethodAnswer }

/** What the page says to its frame. */
export type ToFrame = { readonly type: "pay"; readonly number: number } | { readonly type: "focus" }

/** Either a payment method, or why there is none: in words, in the visitor's language. */
export type PaymentMethodAnswer = {
  readonly paymentMethod?: { readonly id: string }
  readonly error?: { readonly type: string; readonly code: string; readonly message: string }
}
