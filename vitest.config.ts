import { defineConfig } from "vitest/config"

export default defineConfig({
  test: {
    pool: "forks",
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
          exclude: ["**/node_modules/**", "**/.local/**"],
        },
      },
      {
        extends: true,
        test: {
          name: "int",
          include: ["**/*.{int,contract}.test.ts"],
          exclude: ["**/node_modules/**", "**/.local/**"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: "e2e",
          include: ["**/*.e2e.test.ts"],
          exclude: ["tests/browser/**", "**/node_modules/**", "**/.local/**"],
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
