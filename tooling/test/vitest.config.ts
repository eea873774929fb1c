import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { serviceSuites } from "./service-suites.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
// Without "module": that leads to builds for bundlers, which Node does not run.
const conditions = ["@foretile/source", "node", "development|production"];
const resolution = { resolve: { conditions }, ssr: { resolve: { conditions } } };
/** Programs that tests start from their sources compile each module once, and not at every start. */
const NODE_COMPILE_CACHE = fileURLToPath(
  new URL("../../node_modules/.cache/tests", import.meta.url),
);
const { runnable, missing } = serviceSuites(root, process.env);

export default defineConfig({
  test: {
    // Workers that strip types may crash otherwise: see `PoolWorker` of worker-pool, which says why.
    execArgv: ["--wasm-wrapper-tiering-budget=2147483647"],
    restoreMocks: true,
    unstubGlobals: true,
    // Much of what is tested waits for servers, disks and other processes.
    maxWorkers: Math.ceil(availableParallelism() * 1.5),
    reporters: ["default", ["./tooling/test/closing-line-reporter.mjs", { missing }]],
    projects: [
      {
        ...resolution,
        test: {
          name: "unit",
          include: ["{packages,apps,examples,tooling}/*/test/**/*.test.ts"],
          exclude: ["**/node_modules/**", "**/test/storm/**", "**/test/services/**"],
          // Only ends what hangs: on a busy machine anything may take long.
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        // The same promises with segments in packs: suites that do not count blobs.
        ...resolution,
        test: {
          name: "packs",
          include: [
            "packages/version-store/test/write/{model,array-model}.test.ts",
            "packages/version-store/test/vectors/{append,protocol,delete-prune,snapshots,restore}.test.ts",
            "packages/version-store/test/retention/*.test.ts",
            "packages/version-store/test/snapshot/*.test.ts",
            "packages/version-store/test/collect/{simulation,contention}.test.ts",
            "packages/version-store/test/simulation/{commits,lifecycle,frames}.test.ts",
          ],
          env: { FORETILE_TEST_PLACEMENT: "packs", HISTORIES: "0.25" },
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        // Against real servers, which the folder names: test/services/s3, test/services/bigtable+s3.
        ...resolution,
        test: {
          name: "services",
          include: runnable,
          env: { NODE_COMPILE_CACHE },
          testTimeout: 120_000,
          hookTimeout: 60_000,
        },
      },
      {
        // Whole processes: killed, racing on one folder, run as a user would. Slow by nature.
        ...resolution,
        test: {
          name: "storm",
          include: ["{packages,apps,examples}/*/test/storm/**/*.test.ts"],
          env: { NODE_COMPILE_CACHE },
          testTimeout: 1_200_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
