import type { App } from "@eshop/building-blocks/app/app"
import { routesOf } from "@eshop/building-blocks/app/functions"

/** What a gateway must know of every route, by service. Health and documents of an app are not published. */
export const routeTable = (apps: readonly App[]): object => ({
  $comment: "Generated from the apps by npm run generate",
  routes: apps.flatMap((app) =>
    routesOf(app).map(({ useCase, method, path, access, idempotent, maxBodyBytes }) => ({
      name: useCase.name,
      service: app.name,
      method,
      path: `/${path}`,
      access,
      idempotent,
      maxBodyBytes,
    })),
  ),
})
