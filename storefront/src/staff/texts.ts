import { messages } from "../texts/messages.ts"
import { de } from "./texts.de.ts"

/** The texts around the staff's pages. */
export const en = {
  "shell.skip": "Skip to the content",
  "shell.brand": "eShop back office",
  "shell.navigation": "Back office",
  "shell.shop": "To the shop",
  "shell.language": "Language",
  "shell.menu": "Menu",
  "shell.sign-in": "Sign in",
  "shell.sign-out": "Sign out",
  "shell.offline":
    "You are offline. What you see may be out of date; what you do is sent when the connection is back.",
  "shell.sign-in-ended":
    "Your sign-in has ended, so nothing can be saved. What you typed is still here; signing in again loads the page anew, so keep a copy of it first.",
  "home.title": "Back office",
  "home.says": "What your roles let you do: {roles}.",
  "home.nothing": "Your account has no role, so there is nothing for you to do here.",
  "sign-in.title": "Back office",
  "sign-in.says": "These pages are for the shop's own people. Sign in to go on.",
  "missing.title": "Not found",
  "missing.says": "There is no page at this address.",
  "failed.title": "That did not work",
  "failed.again": "Try again",
  "problem.no-answer": "The shop does not answer. Check the connection; nothing was lost.",
  "problem.unknown": "Something went wrong in this page.",
  "problem.refused": "The shop refused this.",
  "problem.401": "Your sign-in has ended. Sign in again.",
  "problem.403": "Your roles do not allow this.",
  "problem.412": "Somebody else has changed it meanwhile.",
  "problem.429": "Too many requests. Wait a moment.",
  "problem.503": "A part of the shop is away for the moment. Try again soon.",
  "problem.reference": "Reference for the operators: {reference}",
} as const

export const t = messages(en, de)
