// infra/containers/trivy-ignore.yaml: what is left out has a reason and an end.
import { isMap, isSeq } from "yaml"
import type { Source } from "./source.ts"

export const trivyIgnoreFile = "infra/containers/trivy-ignore.yaml"
const longestDays = 90

/**
 * Entries that say too little or last too long. Trivy itself counts an expired one no more.
 * @param today in milliseconds since 1970
 */
export function trivyIgnoreProblems(source: Source, today: number): string[] {
  const list = source.document.get("vulnerabilities")
  if (!isSeq(list)) return [`${source.file}:1: "vulnerabilities" is a list`]
  return list.items.flatMap((item) => {
    const at = `${source.file}:${source.lineOf(item)}`
    const text = (key: string) => (isMap(item) ? String(item.get(key) ?? "") : "")
    const days = (Date.parse(text("expired_at")) - today) / 86_400_000
    return [
      ...["id", "statement"].filter((key) => text(key) === "").map((key) => `${at}: ${key} is missing`),
      ...(days <= longestDays ? [] : [`${at}: expired_at is missing or more than ${longestDays} days ahead`]),
    ]
  })
}
