import { InvalidArgumentError } from "commander";

/** Makes the parser of an option `NAME=VALUE` that may be given several times. */
export function namedValues<Value>(
  parse: (text: string) => Value,
): (text: string, others?: Readonly<Record<string, Value>>) => Readonly<Record<string, Value>> {
  return (text, others = {}) => {
    const [, name, value] = /^([^=]+)=(.+)$/s.exec(text) ?? [];
    if (name === undefined || value === undefined) {
      throw new InvalidArgumentError("Expected a name and a value: low=5m");
    }
    if (Object.hasOwn(others, name)) throw new InvalidArgumentError(`${name} is given twice`);
    return { ...others, [name]: parse(value) };
  };
}

/** A number from 0 on, with decimals. */
export function parseAmount(text: string): number {
  const value = Number(text);
  if (!/^[0-9]+(?:\.[0-9]+)?$/.test(text) || !Number.isFinite(value)) {
    throw new InvalidArgumentError("Expected a number such as 0.023");
  }
  return value;
}
