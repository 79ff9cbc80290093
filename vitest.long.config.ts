import { defineConfig } from "vitest/config"

// `npm run ci:long`: what takes minutes.
export default defineConfig({
  test: {
    pool: "forks",
    include: ["tests/long/**/*.long.test.ts"],
    testTimeout: 1_200_000,
    hookTimeout: 120_000,
    fileParallelism: false,
    teardownTimeout: 60_000,
  },
})
