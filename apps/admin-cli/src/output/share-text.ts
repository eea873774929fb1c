/** A part of a whole in percent: `12.3 %`. */
export function shareText(part: number, whole: number): string {
  return `${((100 * part) / whole).toFixed(1)} %`;
}
