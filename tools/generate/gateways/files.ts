import { type PublishedRoute, routeTable } from "../route-table.ts"
import { apiManagement } from "./api-management.ts"
import { applicationGateway } from "./application-gateway.ts"
import { misfits, type OpenApi, proseOf } from "./firewall.ts"
import type { Gateway } from "./gateway.ts"
import { modsecurity } from "./modsecurity.ts"
import { nginxMain, nginxProxy, nginxRoutes } from "./nginx.ts"

const json = (value: object): string => `${JSON.stringify(value, null, 2)}\n`

/** What each gateway is told, all from one route table. */
export function gatewayFiles(
  routes: readonly PublishedRoute[],
  gateway: Gateway,
  document: object,
): [string, string][] {
  const prose = proseOf(document as OpenApi)
  return [
    ["infra/gateway/routes.json", json(routeTable(routes))],
    ["infra/gateway/api-management.json", json(apiManagement(routes, gateway))],
    ["infra/gateway/application-gateway.json", json(applicationGateway(routes, gateway, prose, misfits))],
    ["infra/gateway/nginx/nginx.conf", nginxMain(gateway)],
    ["infra/gateway/nginx/routes.conf", nginxRoutes(routes, gateway)],
    ["infra/gateway/nginx/proxy.conf", nginxProxy(gateway)],
    ["infra/gateway/nginx/modsecurity.conf", modsecurity(routes, prose, misfits)],
  ]
}
