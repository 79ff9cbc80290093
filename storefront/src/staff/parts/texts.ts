import { messages } from "../../texts/messages.ts"

/** What forms, tables and dialogs of any area say. */
export const t = messages({
  "pages.label": "Pages",
  "pages.first": "First page",
  "pages.next": "Next page",
  "permission.needs": "{what} needs the role {role}, which your account does not have.",
  "form.save": "Save",
  "form.saving": "Saving …",
  "form.amount": "An amount such as 12.50",
  "form.name": "Lower-case words joined by dashes",
  "form.leave-title": "Leave without saving?",
  "form.leave-says": "What you changed here was not saved.",
  "form.leave": "Leave, and forget the changes",
  "form.stay": "Stay here",
  "dialog.back": "Go back",
  "copy.do": "Copy",
  "copy.done": "Copied",
  "stale.title": "Somebody else has changed this meanwhile",
})
