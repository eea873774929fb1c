/** Version numbers in runs, in their order: `9-7, 4, 2-1`. */
export function versionRanges(versions: readonly number[]): string {
  const runs: { first: number; last: number }[] = [];
  for (const version of versions) {
    const run = runs.at(-1);
    if (run !== undefined && Math.abs(version - run.last) === 1) run.last = version;
    else runs.push({ first: version, last: version });
  }
  return runs
    .map(({ first, last }) => (first === last ? `${first}` : `${first}-${last}`))
    .join(", ");
}
