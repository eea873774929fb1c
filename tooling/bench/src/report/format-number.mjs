/** Three digits that count, without an exponent: 2.14, 21.4, 214, 2 140. */
export function formatNumber(value) {
  if (!Number.isFinite(value)) return "-";
  const magnitude = value === 0 ? 0 : Math.floor(Math.log10(Math.abs(value)));
  if (magnitude < 3) return value.toFixed(Math.max(0, Math.min(2 - magnitude, 4)));
  const step = 10 ** (magnitude - 2);
  return String(Math.round(value / step) * step).replaceAll(/\B(?=(\d{3})+$)/g, " ");
}
