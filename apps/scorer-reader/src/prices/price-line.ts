/** What a line of a price file is. */
export type PriceLine =
  | { readonly kind: "row"; readonly unixSeconds: number; readonly price: number }
  /** Two fields of which neither is a number. */
  | { readonly kind: "header" }
  | { readonly kind: "blank" }
  /** `message` says what a row looks like or which field is wrong. */
  | { readonly kind: "invalid"; readonly message: string };

/** The end of the year 9999. Milliseconds of today are beyond it, so that mixing up the units is noticed. */
const MAX_UNIX_SECONDS = 253_402_300_799;

const wholeNumber = /^\d+$/;
const decimalNumber = /^\d+(?:\.\d*)?(?:[eE][+-]?\d+)?$|^\.\d+(?:[eE][+-]?\d+)?$/;

/**
 * Reads one line of a price file: `timestamp,price`, whole unix seconds and a positive decimal number, blanks around
 * the fields allowed.
 */
export function parsePriceLine(line: string): PriceLine {
  if (line.trim() === "") return { kind: "blank" };
  const fields = line.split(",").map((field) => field.trim());
  const [timestamp, priceText, ...more] = fields;
  if (timestamp === undefined || priceText === undefined || more.length > 0) {
    return invalid(`a row is timestamp,price fields=${fields.length}`);
  }
  if (isHeaderField(timestamp) && isHeaderField(priceText)) return { kind: "header" };

  const unixSeconds = wholeNumber.test(timestamp) ? Number(timestamp) : Number.NaN;
  if (!(unixSeconds <= MAX_UNIX_SECONDS)) {
    return invalid(`timestamp must be whole unix seconds timestamp=${JSON.stringify(timestamp)}`);
  }
  const price = decimalNumber.test(priceText) ? Number(priceText) : Number.NaN;
  if (!(price > 0 && price < Number.POSITIVE_INFINITY)) {
    return invalid(`price must be a positive number price=${JSON.stringify(priceText)}`);
  }
  return { kind: "row", unixSeconds, price };
}

/** Column names begin with a letter; `NaN` and `inf` are numbers gone wrong, not names. */
function isHeaderField(field: string): boolean {
  return /^["']?\p{L}/u.test(field) && !/^(?:nan|[+-]?inf(?:inity)?|null|none)$/i.test(field);
}

function invalid(message: string): PriceLine {
  return { kind: "invalid", message };
}
