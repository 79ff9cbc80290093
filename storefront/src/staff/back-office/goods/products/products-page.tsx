import "../goods.css"
import { useQuery } from "@tanstack/react-query"
import { getRouteApi, Link } from "@tanstack/react-router"
import { Loading } from "../../../../design/loading.tsx"
import { Page } from "../../../../design/page.tsx"
import { Picture } from "../../../../design/picture.tsx"
import { money } from "../../../../texts/format.ts"
import { ChoiceField } from "../../../parts/fields.tsx"
import { NeedsRole } from "../../../parts/permission.tsx"
import { Pager, Table } from "../../../parts/table.tsx"
import { ProblemNotice } from "../../../problem-notice.tsx"
import { useHasRole } from "../../../roles.ts"
import { ListFilters } from "../lists/list-filters.tsx"
import { WRITES_CATALOG } from "../roles.ts"
import { t as common } from "../texts.ts"
import { categoriesQuery, placed, productsQuery } from "./products.ts"
import { type ProductsSearch, sorts, statuses } from "./search.ts"
import { StatusBadge } from "./status-badge.tsx"
import { t } from "./texts.ts"

const route = getRouteApi("/back-office/products")

/** All products, whatever their state. */
export function ProductsPage() {
  const isWriter = useHasRole(WRITES_CATALOG)
  return (
    <Page title={t("list.title")} className="goods">
      <NeedsRole role={WRITES_CATALOG} what={t("list.title")} />
      {isWriter && <ProductList />}
    </Page>
  )
}

function ProductList() {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const { data, error, refetch, isPlaceholderData } = useQuery(productsQuery(search))
  const change = (next: ProductsSearch) =>
    void navigate({ search: { ...search, cursor: undefined, ...next }, resetScroll: false })
  return (
    <>
      <div className="bar">
        <Filters search={search} change={change} />
        <Link to="/back-office/products/new" className="button button-small">
          {t("list.new")}
        </Link>
      </div>
      {error && <ProblemNotice error={error} again={() => void refetch()} />}
      {!data && !error && <Loading />}
      {data && (
        <>
          <p role="status" className="hint">
            {t("list.found", { count: data.total })}
          </p>
          {data.items.length === 0 ? <Nothing /> : <Cards items={data.items} isBusy={isPlaceholderData} />}
          <Pager cursor={search.cursor} nextCursor={data.nextCursor} />
        </>
      )}
    </>
  )
}

function Filters({ search, change }: { search: ProductsSearch; change: (next: ProductsSearch) => void }) {
  const categories = useQuery(categoriesQuery)
  return (
    <ListFilters
      q={search.q}
      label={t("list.search")}
      placeholder={t("list.search-hint")}
      findLabel={t("list.find")}
      find={(q) => change({ q })}
    >
      <ChoiceField
        label={t("list.status")}
        value={search.status ?? "any"}
        choices={statuses.map((one) => [one, one === "any" ? t("list.status.any") : common(`status.${one}`)])}
        onChange={(status) => change({ status: status === "any" ? undefined : status })}
      />
      <ChoiceField
        label={t("list.category")}
        value={search.category ?? ""}
        choices={[
          ["", t("list.category.any")],
          ...placed(categories.data?.items ?? []).map(({ id, path }) => [id, path] as const),
        ]}
        onChange={(category) => change({ category: category === "" ? undefined : category })}
      />
      <ChoiceField
        label={t("list.sort")}
        value={search.sort ?? "updated"}
        choices={sorts.map((one) => [one, t(`list.sort.${one}`)])}
        onChange={(sort) => change({ sort: sort === "name" ? sort : undefined })}
      />
    </ListFilters>
  )
}

function Nothing() {
  return (
    <div className="empty">
      <p>{t("list.none")}</p>
      <Link to="/back-office/products" className="button button-small">
        {t("list.show-all")}
      </Link>
    </div>
  )
}

type Card = Awaited<ReturnType<NonNullable<ReturnType<typeof productsQuery>["queryFn"]>>>["items"][number]

function Cards({ items, isBusy }: { items: readonly Card[]; isBusy: boolean }) {
  return (
    <Table
      label={t("list.title")}
      isBusy={isBusy}
      columns={[
        { label: t("list.picture"), isHidden: true },
        ...[t("list.name"), t("list.brand"), t("list.status")],
        { label: t("list.price"), isNumber: true },
        t("list.stock"),
      ]}
    >
      {items.map((card) => (
        <tr key={card.id}>
          <td className="thumbnail">
            <Picture url={card.image?.url} alt="" size={40} />
          </td>
          <th scope="row">
            <Link to="/back-office/products/$id" params={{ id: card.id }}>
              {card.name}
            </Link>
            <span className="hint">{card.slug}</span>
          </th>
          <td>{card.brand}</td>
          <td>
            <StatusBadge status={card.status} />
          </td>
          <td className="number">{card.price ? money(card.price) : t("list.unpriced")}</td>
          <td>{t(card.inStock ? "list.in-stock" : "list.out-of-stock")}</td>
        </tr>
      ))}
    </Table>
  )
}
