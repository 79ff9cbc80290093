import { ApiError } from "../api/api.ts"
import { codeOf, type Problem } from "../api/problem.ts"
import { filled, type Values } from "../texts/filled.ts"
import { currentLanguage } from "../texts/texts.ts"
import { refusals as inGerman, kindsOfMistakes } from "./refusals.de.ts"
import { refusals as inEnglish } from "./refusals.ts"
import { t } from "./texts.ts"

function statusInWords({ status, title }: Problem): string {
  if (status === 0) return t("problem.no-answer")
  if (status === 401 || status === 403 || status === 412 || status === 429 || status === 503)
    return t(`problem.${status}`)
  return currentLanguage() === "en" ? `${title}.` : t("problem.refused")
}

/** What the API says in detail, or what we say in its place by the problem's code. */
function detailOf(problem: Problem): string | undefined {
  const words = (currentLanguage() === "de" ? inGerman : inEnglish)[codeOf(problem)]
  return words === undefined ? problem.detail : filled(words, problem as unknown as Values)
}

/** What to say of an error to somebody of the staff: what the API itself says in detail, after what its status means. */
export function wordsFor(error: unknown): string {
  if (!(error instanceof ApiError)) return t("problem.unknown")
  return [statusInWords(error.problem), detailOf(error.problem)].filter(Boolean).join(" ")
}

/** The same without what its status means, for the field that it is about. */
export const detailFor = ({ problem }: ApiError): string => detailOf(problem) ?? statusInWords(problem)

/** What is wrong with a member of what was sent. */
export const messageOf = ({ code, message }: { readonly code?: string; readonly message: string }): string =>
  (currentLanguage() === "de" && code !== undefined && kindsOfMistakes[code]) || message
