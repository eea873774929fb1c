import { defineConfig } from "vitest/config";

const conditions = ["@foretile/source", "module", "node", "development|production"];
const resolution = { resolve: { conditions }, ssr: { resolve: { conditions } } };

export default defineConfig({
  test: {
    restoreMocks: true,
    unstubGlobals: true,
    reporters: ["default", "./tooling/test/closing-line-reporter.mjs"],
    projects: [
      {
        ...resolution,
        test: {
          name: "unit",
          include: ["{packages,apps,examples,tooling}/*/test/**/*.test.ts"],
          exclude: ["**/node_modules/**", "**/storm/**"],
        },
      },
      {
        // Whole processes: killed, racing on one folder, run as a user would. Slow by nature.
        ...resolution,
        test: {
          name: "storm",
          include: ["{packages,apps,examples}/*/test/storm/**/*.test.ts"],
          testTimeout: 300_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
