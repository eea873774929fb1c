import { defineConfig } from "tsdown";

export default defineConfig({
  // The scoring thread is a file of its own, found beside the program.
  entry: { main: "src/main.ts", "score-worker": "src/tiles/score-worker.ts" },
  format: "esm",
  platform: "node",
  target: "node24",
  fixedExtension: false,
  dts: false,
  sourcemap: true,
  // Hundreds of small files are slow to load, once for the program and once for each thread. Stores stay packages: they
  // are loaded only when they are used.
  deps: { alwaysBundle: /^@foretile\/(?!storage-)/ },
});
