import { orderingSendContactMessage } from "@eshop/shop-client/generated/sdk.gen"
import { useMutation } from "@tanstack/react-query"
import { useRouterState } from "@tanstack/react-router"
import { type FormEvent, type InputHTMLAttributes, useRef, useState } from "react"
import { answerOf, wrongMembers } from "../api/api.ts"
import { Page } from "../design/page.tsx"
import { ProblemNotice } from "../design/problem-notice.tsx"
import { t } from "../texts/texts.ts"
import { effortFor } from "./effort.ts"

declare module "@tanstack/react-router" {
  interface HistoryState {
    /** The number of the order that a message is about. */
    about?: string
  }
}

const empty = { name: "", email: "", order: "", text: "", website: "" }
type Message = typeof empty

/** One message under one id: sent again, because its answer got lost, it is the same. */
const begin = () => {
  const id = crypto.randomUUID()
  return { id, nonce: effortFor(id) }
}

/** A message to the people of the shop. */
export function ContactPage() {
  const about = useRouterState({ select: ({ location }) => location.state.about })
  const [message, setMessage] = useState<Message>({ ...empty, order: about ?? "" })
  const work = useRef<ReturnType<typeof begin>>(undefined)
  const send = useMutation({
    mutationFn: async ({ name, email, order, text, website }: Message) => {
      work.current ??= begin()
      const { id, nonce } = work.current
      const optional = { ...(order.trim() && { order: order.trim() }), ...(website && { website }) }
      const body = { name, email, text, nonce: await nonce, ...optional }
      await answerOf(orderingSendContactMessage({ path: { id }, body }))
    },
    onSuccess: () => {
      work.current = undefined
      setMessage(empty)
    },
  })
  const wrong = wrongMembers(send.error)
  const change = (member: Partial<Message>) => {
    // The work is done while somebody writes.
    work.current ??= begin()
    setMessage((before) => ({ ...before, ...member }))
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!send.isPending) send.mutate(message)
  }
  const described = (name: keyof Message) => ({
    "aria-invalid": wrong.has(name),
    "aria-describedby": wrong.has(name) ? `${name}-mistake` : undefined,
  })
  const mistakeIn = (name: keyof Message) =>
    wrong.has(name) && (
      <span className="field-mistake" id={`${name}-mistake`}>
        {t("contact.mistake")}
      </span>
    )
  const field = (name: keyof Message, label: string, options: InputHTMLAttributes<HTMLInputElement>) => (
    <label className="field">
      <span>
        {label}
        {!options.required && <span className="field-optional"> {t("address.optional")}</span>}
      </span>
      <input
        {...options}
        {...described(name)}
        value={message[name]}
        onChange={({ target }) => change({ [name]: target.value })}
      />
      {mistakeIn(name)}
    </label>
  )
  return (
    <Page title={t("contact.title")}>
      <p>{t("contact.says")}</p>
      <form className="narrow-form" onSubmit={submit}>
        {field("name", t("contact.name"), { required: true, maxLength: 100, autoComplete: "name" })}
        {field("email", t("address.emailAddress"), {
          ...{ required: true, type: "email", maxLength: 254, autoComplete: "email" },
        })}
        {field("order", t("contact.order"), { maxLength: 60, autoComplete: "off" })}
        <label className="field">
          <span>{t("contact.text")}</span>
          <textarea
            {...described("text")}
            required
            rows={7}
            maxLength={4_000}
            value={message.text}
            onChange={({ target }) => change({ text: target.value })}
          />
          {mistakeIn("text")}
        </label>
        <p className="hint">{t("contact.no-cards")}</p>
        <input
          className="trap"
          name="website"
          tabIndex={-1}
          autoComplete="off"
          aria-hidden="true"
          value={message.website}
          onChange={({ target }) => change({ website: target.value })}
        />
        {send.error && <ProblemNotice error={send.error} />}
        <div role="status">{send.isSuccess && <p className="notice notice-good">{t("contact.sent")}</p>}</div>
        <button type="submit" className="button" disabled={send.isPending}>
          {t(send.isPending ? "contact.sending" : "contact.send")}
        </button>
      </form>
      <p className="hint">{t("contact.privacy")}</p>
    </Page>
  )
}
