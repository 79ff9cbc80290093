// The frame of the card's fields, of the provider's origin. What is typed goes to the provider and nowhere else; the page
// around it gets a token of it.
import { type CardText, textsIn } from "./card-texts.ts"
import type { FromFrame, PaymentMethodAnswer, ToFrame } from "./said.ts"

const asked = new URLSearchParams(location.search)
const parentOrigin = asked.get("parent") ?? ""
const texts = textsIn(asked.get("locale") ?? "en")
const form = document.getElementById("card") as HTMLFormElement
const mistake = document.getElementById("mistake") as HTMLElement

type Field = "number" | "expiry" | "cvc"
const field = (name: Field) => form.elements.namedItem(name) as HTMLInputElement
const digitsOf = (name: Field) => field(name).value.replace(/\D/g, "")

/** The numbers that are offered, with what becomes of a payment by them (`test-cards.ts` of the simulator). */
const offered: readonly (readonly [string, CardText])[] = [
  ["4242 4242 4242 4242", "card.visa"],
  ["4000 0027 6000 3184", "card.authenticationRequired"],
  ["4000 0000 0000 1000", "card.slow"],
  ["4000 0000 0000 0002", "card.chargeDeclined"],
]

const say = (message: FromFrame) => window.parent.postMessage(message, parentOrigin)

/** The first that is not filled in, as far as this page can tell without the provider. */
function unfinished(): [Field, CardText] | undefined {
  if (digitsOf("number").length < 13) return ["number", "incomplete_number"]
  if (!/^(0[1-9]|1[0-2])\d\d$/.test(digitsOf("expiry"))) return ["expiry", "incomplete_expiry"]
  return digitsOf("cvc").length < 3 ? ["cvc", "incomplete_cvc"] : undefined
}

function refuse(name: Field, code: CardText): PaymentMethodAnswer {
  for (const input of form.querySelectorAll("input"))
    input.setAttribute("aria-invalid", String(input === field(name)))
  mistake.textContent = texts[code]
  field(name).focus()
  return { error: { type: "validation_error", code, message: texts[code] } }
}

function forget(): void {
  for (const input of form.querySelectorAll("input")) input.removeAttribute("aria-invalid")
  mistake.textContent = ""
}

type Answer = { id?: string; error?: { code?: CardText; param?: Field } }

async function tokenise(): Promise<PaymentMethodAnswer> {
  const missing = unfinished()
  if (missing) return refuse(...missing)
  forget()
  const expiry = digitsOf("expiry")
  const card = { number: digitsOf("number"), cvc: digitsOf("cvc") }
  const body = new URLSearchParams({
    type: "card",
    "card[number]": card.number,
    "card[cvc]": card.cvc,
    "card[exp_month]": expiry.slice(0, 2),
    "card[exp_year]": `20${expiry.slice(2)}`,
  })
  const headers = { authorization: `Bearer ${asked.get("key")}` }
  const response = await fetch("/v1/payment_methods", { method: "POST", headers, body }).catch(
    () => undefined,
  )
  const answer: Answer = (await response?.json().catch(() => undefined)) ?? {}
  if (answer.id !== undefined) return { paymentMethod: { id: answer.id } }
  const { code = "api_connection_error", param = "number" } = answer.error ?? {}
  return refuse(param, code in texts ? code : "api_connection_error")
}

/** Writes `4242424242424242` as a card shows it, and `0430` as `04 / 30`. */
function arrange(input: HTMLInputElement): void {
  if (input.selectionStart !== input.value.length) return
  const digits = input.value.replace(/\D/g, "")
  if (input.name === "number") input.value = digits.replace(/(.{4})(?=.)/g, "$1 ")
  if (input.name === "expiry") input.value = digits.slice(0, 4).replace(/^(..)(?=.)/, "$1 / ")
}

window.addEventListener("message", async ({ origin, source, data }: MessageEvent<ToFrame>) => {
  if (origin !== parentOrigin || source !== window.parent) return
  if (data.type === "focus")
    (form.querySelector<HTMLInputElement>('[aria-invalid="true"]') ?? field("number")).focus()
  if (data.type === "pay") say({ type: "paid", number: data.number, answer: await tokenise() })
})

form.addEventListener("submit", (event) => {
  event.preventDefault()
  say({ type: "submit" })
})
form.addEventListener("input", ({ target }) => {
  if (target instanceof HTMLInputElement) arrange(target)
  forget()
  const empty = [...form.querySelectorAll("input")].every(({ value }) => value === "")
  say({ type: "change", complete: unfinished() === undefined, empty })
})
for (const type of ["focus", "blur"] as const) window.addEventListener(type, () => say({ type }))
// Enter in one of several fields sends a form that has a button alone.
form.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.target instanceof HTMLInputElement)) return
  event.preventDefault()
  say({ type: "submit" })
})

document.documentElement.lang = asked.get("locale") === "de" ? "de" : "en"
for (const element of document.querySelectorAll<HTMLElement>("[data-text]"))
  element.textContent = texts[element.dataset.text as CardText]
for (const [number, text] of offered) {
  const button = Object.assign(document.createElement("button"), { type: "button", textContent: texts[text] })
  button.addEventListener("click", () => {
    field("number").value = number
    field("expiry").value = "12 / 34"
    field("cvc").value = "123"
    form.dispatchEvent(new Event("input"))
  })
  const item = document.createElement("li")
  item.append(button)
  document.getElementById("test-cards")?.append(item)
}
new ResizeObserver(() => say({ type: "height", height: document.body.offsetHeight })).observe(document.body)
say({ type: "ready" })
