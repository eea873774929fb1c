/** A score for people: three decimals, `-` for one that is absent. Machines get the full number with `--json`. */
export function formatNumber(value: number | undefined): string {
  return value === undefined ? "-" : value.toFixed(3);
}
