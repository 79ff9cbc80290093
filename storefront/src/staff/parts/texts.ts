import { messages } from "../../texts/messages.ts"
import { de } from "./texts.de.ts"

/** What forms, tables and dialogs of any area say. */
export const en = {
  "pages.label": "Pages",
  "pages.first": "First page",
  "pages.next": "Next page",
  "permission.needs": "{what} needs the role {role}, which your account does not have.",
  "form.save": "Save",
  "form.saving": "Saving …",
  "form.amount": "An amount such as {example}",
  "form.required": "Please fill this in.",
  "form.pattern": "This does not look as it should.",
  "form.url": "An address such as https://example.com/hooks",
  "form.date": "A day and a time that there are",
  "form.whole": "A whole number",
  "form.number": "A number with up to {most} digits behind the point",
  "form.least": "At least {min}",
  "form.most": "At most {max}",
  "form.name": "Lower-case words joined by dashes",
  "form.leave-title": "Leave without saving?",
  "form.leave-says": "What you changed here was not saved.",
  "form.leave": "Leave, and forget the changes",
  "form.stay": "Stay here",
  "dialog.back": "Go back",
  "copy.do": "Copy",
  "copy.done": "Copied",
  "stale.title": "Somebody else has changed this meanwhile",
} as const

export const t = messages(en, de)
