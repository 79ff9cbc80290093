// The arrows of docs/architecture.md. `npm run check` fails when one points the wrong way.
const test = "[.](unit|int|e2e|contract)[.]test[.]ts$"
const localOnly = "^local/"

export default {
  forbidden: [
    { name: "no-circular", severity: "error", from: {}, to: { circular: true } },
    {
      name: "no-unresolvable",
      severity: "error",
      from: {},
      to: { couldNotResolve: true, pathNot: "^@azure/functions-core$" },
    },
    {
      name: "domain-is-pure",
      comment:
        "The domain does no I/O: it knows schemas (zod), canonical JSON, hashes (node:crypto) and itself.",
      severity: "error",
      from: { path: "^packages/domain/", pathNot: test },
      to: { pathNot: "^(packages/domain/|node_modules/(zod|canonicalize)/|(node:)?crypto$)" },
    },
    {
      name: "building-blocks-know-no-context",
      comment: "Of the domain they use what has no context: its kernel and the envelope of events.",
      severity: "error",
      from: { path: "^packages/building-blocks/" },
      to: { path: "^(functions/|packages/domain/src/(?!kernel/|contracts/event[.]ts$))" },
    },
    {
      name: "apps-do-not-know-where-they-run",
      severity: "error",
      from: { path: "^(functions|packages/(domain|building-blocks))/", pathNot: test },
      to: { path: localOnly },
    },
    {
      name: "one-context-never-imports-another",
      severity: "error",
      from: { path: "^functions/([^/]+)/" },
      to: { path: "^functions/", pathNot: "^functions/$1/" },
    },
    {
      name: "capabilities-own-their-ports",
      comment: "main → capabilities → domain; adapters implement ports and are seen by main alone.",
      severity: "error",
      from: {
        path: "^functions/[^/]+/src/",
        pathNot: ["^functions/[^/]+/src/(main[.]ts$|adapters/|testing/)", test],
      },
      to: { path: "^functions/[^/]+/src/(adapters/|main[.]ts$)" },
    },
    {
      name: "capabilities-do-no-io",
      comment: "Drivers and SDKs stay in the adapters.",
      severity: "error",
      from: {
        path: "^functions/[^/]+/src/",
        pathNot: ["^functions/[^/]+/src/(main[.]ts$|adapters/|testing/)", test],
      },
      to: { path: "^node_modules/(pg|ioredis|mssql|@azure/(data-tables|cosmos|service-bus|identity))/" },
    },
    {
      name: "host-and-emulator-stand-alone",
      severity: "error",
      from: {
        path: "^local/(functions-host|service-bus-emulator)/",
        pathNot: [test, "/(fixtures|testing)/"],
      },
      to: { path: "^(functions/|packages/|local/(?!functions-host/|service-bus-emulator/))" },
    },
    {
      name: "stand-ins-of-the-edge-know-nothing-that-ships",
      severity: "error",
      from: { path: "^local/(gateway|identity-provider|payment-simulator)/" },
      to: { path: "^(functions|packages)/" },
    },
    {
      name: "storefront-knows-the-api-alone",
      comment: "Pages run in browsers and speak to the gateway by the generated client.",
      severity: "error",
      from: { path: "^(storefront|packages/shop-client)/src/" },
      to: { path: "^(functions|local|packages/(domain|building-blocks)|tools)/" },
    },
    {
      name: "shop-and-staff-are-two-applications",
      comment:
        "A shopper loads nothing of the back office; what both have is design, api, session and texts.",
      severity: "error",
      from: { path: "^storefront/src/(?!staff/)" },
      to: { path: "^storefront/src/staff/" },
    },
    {
      name: "staff-knows-no-page-of-the-shop",
      severity: "error",
      from: { path: "^storefront/src/staff/" },
      to: { path: "^storefront/src/(cart|catalog|checkout|orders|account|pages|app/(?!query-client))" },
    },
    {
      name: "nothing-that-ships-knows-the-storefront",
      severity: "error",
      from: { path: "^(functions|packages/(domain|building-blocks))/" },
      to: { path: "^(storefront|packages/shop-client)/" },
    },
    {
      name: "telemetry-knows-how-orders-are-numbered-and-no-more",
      severity: "error",
      from: { path: "^local/telemetry/" },
      to: { path: "^(functions|packages/(?!domain/src/ordering/order-number[.]ts$))" },
    },
    {
      name: "not-to-test",
      severity: "error",
      from: { pathNot: [test, "/testing/"] },
      to: { path: test },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "(^|/)(dist|fixtures|generated|[.]local)/" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "node", "default"] },
  },
}
