import { useHasRole } from "../roles.ts"
import { t } from "./texts.ts"

/** Says that a page, or a part of it, needs a role that whoever looks does not have. */
export function NeedsRole({ role, what }: { role: string; what: string }) {
  return useHasRole(role) ? null : <p className="notice">{t("permission.needs", { what, role })}</p>
}
