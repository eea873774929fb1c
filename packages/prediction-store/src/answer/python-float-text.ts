/**
 * The text Python prints for a double, `repr(value)`: the shortest digits that read back to the same value, `.0` behind
 * whole numbers, an exponent of at least two digits below 1e-4 and from 1e16 on.
 *
 * JavaScript and Python agree on the digits and differ in the notation: `1e-05` here is `0.00001` there.
 */
export function pythonFloatText(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  if (value === 0) return Object.is(value, -0) ? "-0.0" : "0.0";
  const [mantissa = "", exponentText] = value.toExponential().split("e");
  const exponent = Number(exponentText);
  if (exponent < -4 || exponent >= 16) {
    const digits = Math.abs(exponent).toString().padStart(2, "0");
    return `${mantissa}e${exponent < 0 ? "-" : "+"}${digits}`;
  }
  const sign = value < 0 ? "-" : "";
  const digits = mantissa.replace("-", "").replace(".", "");
  if (exponent < 0) return `${sign}0.${"0".repeat(-exponent - 1)}${digits}`;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, "0");
  return `${sign}${whole}.${digits.slice(exponent + 1) || "0"}`;
}

/** Number of characters of {@link pythonFloatText} without the point. */
export function pythonFloatCharacters(value: number): number {
  const text = pythonFloatText(value);
  return text.includes(".") ? text.length - 1 : text.length;
}
