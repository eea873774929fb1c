import { defineConfig } from "vitest/config";

export default defineConfig({
  // Vite's module runner reads every import through a getter, which costs more than what is measured here.
  test: {
    include: [],
    benchmark: { include: ["packages/*/bench/**/*.bench.ts"] },
    experimental: { viteModuleRunner: false },
    execArgv: ["--conditions=@foretile/source"],
  },
});
