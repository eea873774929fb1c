import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { serviceAddress } from "./service-address.ts";

const run = promisify(execFile);

/** Programs that share no code with ours. Each resolves with what was printed, and rejects when the program failed. */
export interface OutsideTools {
  /** `tooling/reference/upstream_rows`: rows through Google's own Bigtable client. */
  rows(args: readonly string[], environment: Readonly<Record<string, string>>): Promise<string>;
  /** `tooling/reference/prediction_row.py`: the bytes of rows through numpy. */
  predictionRow(args: readonly string[]): Promise<string>;
}

/** @throws Error that says what to do when they were not built */
export function outsideTools(): OutsideTools {
  const fields = ["rows", "python", "predictionRow"] as const;
  const { rows, python, predictionRow } = serviceAddress("outside", fields);
  return {
    rows: async (args, environment) => {
      const { stdout } = await run(rows, args, { env: { ...process.env, ...environment } });
      return stdout;
    },
    predictionRow: async (args) => (await run(python, [predictionRow, ...args])).stdout,
  };
}
