import { t } from "../texts/texts.ts"

/** What the input is like before and after it suggests. */
export const inputAttributes = () => ({
  type: "search",
  placeholder: t("search.placeholder"),
  enterKeyHint: "search" as const,
  maxLength: 200,
})
