import * as z from "zod"

/** The event by which an operator speaks to a step that keeps failing. */
export const OPERATOR = "operator"

/**
 * What an operator can say. retry: now. skip: the step is left out, where its definition allows it. compensate: the saga
 * is led back, before its point of no return.
 */
export const Word = z.enum(["retry", "skip", "compensate"])
export type Word = z.infer<typeof Word>

/** A word, and the activity and its failed attempt that it is about: one that is about another is ignored. */
export const OperatorWord = z.object({ step: z.string(), attempt: z.int(), word: Word })
export type OperatorWord = z.infer<typeof OperatorWord>

/** Where a saga stands, as its custom status shows it. */
export const SagaPosition = z.object({
  step: z.string(),
  /** In words: what it does or waits for, and until when. */
  says: z.string().optional(),
  /** When the wait ends by itself. */
  until: z.iso.datetime().optional(),
  /** Why it was led back. */
  reason: z.string().optional(),
  needsAttention: z.literal(true).optional(),
  /** How often the step has failed. */
  attempt: z.int().optional(),
  /** When it failed first. */
  since: z.iso.datetime().optional(),
  /** The dependency that is out; absent when the step fails for another reason. */
  waitsFor: z.string().optional(),
  /** The words that it would act on now. */
  hears: z.array(Word).optional(),
})
export type SagaPosition = z.infer<typeof SagaPosition>

/** A step that keeps failing. */
export type Failing = {
  readonly step: string
  readonly attempt: number
  readonly since: Date
  readonly waitsFor?: string
  /** When it is tried again. */
  readonly until: Date
  readonly hears: readonly Word[]
}

/** A moment as people read it: "14:32 UTC", with its day when that is another one than today's. */
export function inWords(moment: Date, now: Date): string {
  const [day, time] = moment.toISOString().split("T") as [string, string]
  const clock = `${time.slice(0, 5)} UTC`
  return now.toISOString().startsWith(day) ? clock : `${day} ${clock}`
}

/** Where a saga stands whose step keeps failing. */
export const failingPosition = (
  { step, attempt, since, waitsFor, until, hears }: Failing,
  now: Date,
): SagaPosition => ({
  step,
  says: `has failed ${attempt} times${waitsFor === undefined ? "" : ` (${waitsFor} is out)`}, is tried again at ${inWords(until, now)}`,
  until: until.toISOString(),
  needsAttention: true,
  attempt,
  since: since.toISOString(),
  ...(waitsFor !== undefined && { waitsFor }),
  hears: [...hears],
})
