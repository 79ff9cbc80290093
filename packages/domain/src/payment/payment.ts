/** What the payment provider said to an authorisation. */
export type AuthorisationOutcome =
  | { readonly type: "authorised"; readonly paymentId: string }
  /** The provider needs more time: ask again for this payment. */
  | { readonly type: "processing"; readonly paymentId: string }
  | { readonly type: "declined"; readonly paymentId?: string; readonly code: string }

/** The captured amount is final; anything else than `captured` needs a person. */
export type CaptureOutcome =
  | { readonly type: "captured"; readonly paymentId: string }
  | {
      readonly type: "refused"
      readonly paymentId: string
      readonly code: string
    }
