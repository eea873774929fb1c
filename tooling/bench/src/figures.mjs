/**
 * What a job's outcome says, in the units that are shown.
 *
 * @param {import("./workloads.mjs").Workload} workload
 * @param {import("./data/dataset.mjs").Dataset} dataset
 * @param {Record<string, number>} result of `measureJob`
 * @returns {readonly { metric: string, unit: string, value: number }[]}
 */
export function figuresOf({ id }, dataset, result) {
  const { ms, cpuMs, peakBytes, anonymousBytes, storedBytes } = result;
  const megabytes = float32Bytes(id, dataset) / 1e6;
  const figures = [
    { metric: "time", unit: "ms", value: ms },
    { metric: "float32", unit: "MB/s", value: megabytes / (ms / 1000) },
    { metric: "CPU", unit: "ms", value: cpuMs },
    { metric: "peak memory", unit: "MB", value: peakBytes / 1e6 },
  ];
  if (anonymousBytes !== undefined) {
    figures.push({ metric: "memory beside files", unit: "MB", value: anonymousBytes / 1e6 });
  }
  if (storedBytes > 0) figures.push({ metric: "on disk", unit: "MB", value: storedBytes / 1e6 });
  if (id === "W1") {
    const text = (dataset.text?.bytes ?? 0) / 1e6;
    figures.push({ metric: "text", unit: "MB/s", value: text / (ms / 1000) });
  }
  return figures;
}

/** Bytes of the values that a workload takes or gives; W5 looks at all of them. */
function float32Bytes(id, { shape, requests, oneStep, someSteps }) {
  const range = { "W3 step": oneStep, "W3 steps": someSteps }[id] ?? { from: 0, to: shape.steps };
  const answers = requests.reduce((sum, request) => sum + request.answers, 0);
  return answers * shape.simulations * (range.to - range.from) * 4;
}
