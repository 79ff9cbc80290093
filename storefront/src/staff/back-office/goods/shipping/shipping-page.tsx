import "../goods.css"
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query"
import { useState } from "react"
import { Loading } from "../../../../design/loading.tsx"
import { Page } from "../../../../design/page.tsx"
import { money } from "../../../../texts/format.ts"
import { ConfirmDialog } from "../../../parts/dialog.tsx"
import { NeedsRole } from "../../../parts/permission.tsx"
import { Table } from "../../../parts/table.tsx"
import { ProblemNotice } from "../../../problem-notice.tsx"
import { useHasRole } from "../../../roles.ts"
import { WRITES_BASKET } from "../roles.ts"
import { MethodDialog } from "./method-dialog.tsx"
import type { Method } from "./method-draft.ts"
import { deleteMethod, methodsQuery, readMethod, type Seen } from "./shipping.ts"
import { t } from "./texts.ts"

/** The ways to ship. */
export function ShippingPage() {
  const isWriter = useHasRole(WRITES_BASKET)
  return (
    <Page title={t("title")} className="goods">
      <NeedsRole role={WRITES_BASKET} what={t("title")} />
      <p className="hint">{t("says")}</p>
      {isWriter && <Methods />}
    </Page>
  )
}

const nameOf = ({ name, id }: Method): string => name.en ?? id

function Methods() {
  const { data, error, refetch } = useQuery(methodsQuery)
  const client = useQueryClient()
  const [edited, setEdited] = useState<Seen | "new">()
  const [doomed, setDoomed] = useState<Method>()
  const [told, setTold] = useState("")
  const changed = (text: string) => {
    setEdited(undefined)
    setTold(text)
    void client.invalidateQueries({ queryKey: methodsQuery.queryKey })
  }
  const open = useMutation({ mutationFn: readMethod, onSuccess: setEdited })
  const remove = useMutation({
    mutationFn: ({ id }: Method) => deleteMethod(id),
    onSuccess: (_, method) => changed(t("done.deleted", { name: nameOf(method) })),
  })
  const failure = error ?? open.error ?? remove.error
  return (
    <>
      <div className="bar">
        <p role="status">{told}</p>
        <button type="button" className="button button-small" onClick={() => setEdited("new")}>
          {t("new")}
        </button>
      </div>
      {failure && <ProblemNotice error={failure} again={() => void refetch()} />}
      {!data && !error && <Loading />}
      {data?.length === 0 && <p className="notice">{t("none")}</p>}
      {data && data.length > 0 && (
        <Table
          label={t("title")}
          columns={[
            ...[t("name"), t("id"), t("countries")],
            { label: t("price"), isNumber: true },
            { label: t("free-from"), isNumber: true },
            ...[t("days"), t("tax")],
            { label: t("actions"), isHidden: true },
          ]}
        >
          {data.map((method) => (
            <MethodRow
              key={method.id}
              method={method}
              edit={() => open.mutate(method.id)}
              remove={() => setDoomed(method)}
            />
          ))}
        </Table>
      )}
      {edited && (
        <MethodDialog
          seen={edited === "new" ? undefined : edited}
          onClose={() => setEdited(undefined)}
          onDone={(method) => changed(t("done.saved", { name: nameOf(method) }))}
        />
      )}
      {doomed && (
        <ConfirmDialog
          title={t("delete.title", { name: nameOf(doomed) })}
          says={t("delete.says")}
          confirm={t("delete.confirm")}
          back={t("delete.back")}
          onConfirm={() => {
            remove.mutate(doomed)
            setDoomed(undefined)
          }}
          onClose={() => setDoomed(undefined)}
        />
      )}
    </>
  )
}

function MethodRow(props: { method: Method; edit: () => void; remove: () => void }) {
  const { method } = props
  const name = nameOf(method)
  return (
    <tr>
      <th scope="row">{name}</th>
      <td>{method.id}</td>
      <td>{method.countries?.join(", ") ?? t("everywhere")}</td>
      <td className="number">{money(method.price)}</td>
      <td className="number">{method.freeFrom && money(method.freeFrom)}</td>
      <td>{method.days && t("days-between", method.days)}</td>
      <td>{method.taxCategory}</td>
      <td className="row-actions">
        <button
          type="button"
          className="link-button"
          aria-label={t("edit-of", { name })}
          onClick={props.edit}
        >
          {t("edit")}
        </button>
        <button
          type="button"
          className="link-button"
          aria-label={t("delete-of", { name })}
          onClick={props.remove}
        >
          {t("delete")}
        </button>
      </td>
    </tr>
  )
}
