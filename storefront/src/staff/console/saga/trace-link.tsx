import { queryOptions, useQuery } from "@tanstack/react-query"
import { readConfiguration } from "../../../session/configuration.ts"

const configurationQuery = queryOptions({
  queryKey: ["configuration"],
  queryFn: readConfiguration,
  staleTime: Number.POSITIVE_INFINITY,
})

/** A trace, which leads to where the operators of this installation look at traces, if there is such a place. */
export function TraceLink({ traceId }: { traceId: string }) {
  const { data } = useQuery(configurationQuery)
  if (data?.traces === undefined) return <code>{traceId}</code>
  return <a href={data.traces.replaceAll("{traceId}", traceId)}>{traceId}</a>
}
