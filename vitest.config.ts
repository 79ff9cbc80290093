import { defineConfig } from "vitest/config"

/** Tests of what a process has one of (its log, its meters, its timers): each file has a process of its own. */
const ofTheProcess = [
  "packages/building-blocks/src/{app,messaging,telemetry}/**/*.unit.test.ts",
  "functions/ordering/src/sagas/saga-gauges.unit.test.ts",
]

export default defineConfig({
  test: {
    pool: "forks",
    setupFiles: ["tests/fixtures/property-seed.ts"],
    // Tests wait for the parts that they start more than they compute: two at a time, also where there are two cores.
    maxWorkers: 2,
    // A whole shop stops within seconds, but not within ten on a machine that has more to do.
    teardownTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["**/*.unit.test.ts"],
          exclude: ["**/node_modules/**", "**/.local/**", ...ofTheProcess],
          // Pure functions: a process for each file would take longer to start than to test.
          isolate: false,
          // Many times longer than it takes, for a machine that has other work.
          testTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: "int",
          include: ["{functions,packages}/**/*.{int,contract}.test.ts"],
          exclude: ["**/node_modules/**", ...ofTheProcess],
          globalSetup: "tests/fixtures/database-server.ts",
          setupFiles: ["tests/fixtures/no-deprecated-calls.ts"],
          // What an app loads takes a second and more.
          isolate: false,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: "processes",
          include: ["**/*.{int,contract}.test.ts", ...ofTheProcess],
          exclude: ["{functions,packages}/**/*.{int,contract}.test.ts", "**/node_modules/**", "**/.local/**"],
          setupFiles: ["tests/fixtures/no-deprecated-calls.ts"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: "e2e",
          // One process, in which files that leave every part running share a shop.
          isolate: false,
          include: ["**/*.e2e.test.ts"],
          exclude: ["tests/browser/**", "**/node_modules/**", "**/.local/**"],
          setupFiles: ["tests/fixtures/no-deprecated-calls.ts"],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
          // After all others: a whole shop has the machine for itself.
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: "browser",
          include: ["tests/browser/**/*.e2e.test.ts"],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          // One process, which starts one shop and one browser for all files.
          isolate: false,
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
})
