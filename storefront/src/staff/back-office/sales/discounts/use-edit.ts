import { useMutation, useQueryClient } from "@tanstack/react-query"
import { useState } from "react"

type Versioned = { readonly version: number }

/**
 * The wording of something that is edited, and what it was filled from. What others save meanwhile changes nothing of a
 * wording that was touched: they are told apart by their versions, and who edits decides which is to be.
 * @param stored what is edited as it was read last
 * @param key of the query that reads it
 * @param save stores the wording unless the rule is no longer `base`; answers what is stored then
 */
export function useEdit<Form, Stored extends Versioned>(
  stored: Stored,
  key: readonly unknown[],
  formOf: (stored: Stored) => Form,
  save: (form: Form, base: Stored) => Promise<Stored>,
) {
  const client = useQueryClient()
  const [base, setBase] = useState(stored)
  const [form, setForm] = useState(() => formOf(stored))
  const mutation = useMutation({
    mutationFn: ({ on, sent }: { on: Stored; sent: Form }) => save(sent, on),
    onSuccess: (saved, { sent }) => {
      setBase(saved)
      // What was typed while the answer was on its way stays.
      setForm((now) => (now === sent ? formOf(saved) : now))
      client.setQueryData(key, saved)
    },
    onSettled: () => client.invalidateQueries({ queryKey: key }),
  })
  const isOlder = stored.version > base.version
  const isDirty = JSON.stringify(form) !== JSON.stringify(formOf(base))
  if (isOlder && !mutation.isPending && !isDirty) {
    setBase(stored)
    setForm(formOf(stored))
  }
  return {
    form,
    base,
    change: (members: Partial<Form>) => {
      mutation.reset()
      setForm((before) => ({ ...before, ...members }))
    },
    isDirty,
    save: () => mutation.mutate({ on: base, sent: form }),
    isSaving: mutation.isPending,
    isSaved: mutation.isSuccess,
    error: mutation.error ?? undefined,
    /** Somebody else has saved another wording since. */
    isStale: isOlder && !mutation.isPending,
    /** Saves this wording over theirs. */
    keepMine: () => {
      setBase(stored)
      mutation.mutate({ on: stored, sent: form })
    },
    takeTheirs: () => {
      setBase(stored)
      setForm(formOf(stored))
      mutation.reset()
    },
  }
}
