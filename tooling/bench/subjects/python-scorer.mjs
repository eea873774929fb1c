// Scoring in Python, on the very float32 that all tiles are made of.
import { join } from "node:path";
import { PythonScorer } from "../src/python-scorer.mjs";

/**
 * @param {import("../src/subject.ts").OpenOptions} options
 * @returns {import("../src/subject.ts").Store}
 */
export function open({ dataset, variant, services }) {
  const python = new PythonScorer(services.python, [variant], dataset);
  return {
    get processes() {
      return python.processes;
    },
    /** It reads what is there already. */
    async write() {},
    score: ({ file, answers, realized }, take) =>
      python.score({ file: join(dataset.folder, file), answers, realized }, take),
    bytesStored: async () => 0,
    close: () => python.close(),
  };
}
