import { defineConfig } from "vitest/config";

const conditions = ["@foretile/source", "module", "node", "development|production"];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: { include: [], benchmark: { include: ["packages/*/bench/**/*.bench.ts"] } },
});
