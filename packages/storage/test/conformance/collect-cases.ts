import { storeConformance, type ConformanceOptions } from "../../src/conformance/index.ts";

/** Every case of the suite, by `contract › case`, ready to be run without a test runner. */
export function collectCases(
  options: ConformanceOptions,
): ReadonlyMap<string, () => Promise<void>> {
  const cases = new Map<string, () => Promise<void>>();
  const path: string[] = [];
  storeConformance(
    {
      describe: (name, body) => {
        path.push(name);
        body();
        path.pop();
      },
      test: (name, body) => {
        // The outermost name is the store's.
        cases.set([...path.slice(1), name].join(" › "), body);
      },
    },
    options,
  );
  return cases;
}
