import { AppError } from "@foretile/app-kit";
import type { KeyCondition, TraceQuery } from "@foretile/trace-store";

/** How the argument is described in a command's help. */
export const CONDITIONS_HELP = "which series: asset=BTC,label=low (all when missing)";

const HINT =
  "conditions are asset=BTC, asset=BTC|ETH, asset!=BTC, miner=~^10, miner!~^10 and miner=*, with commas between";

const operators = /^([^=!]*?)(!=|!~|=~|=)(.*)$/s;

/**
 * Reads conditions on params, `asset=BTC,label=low`: commas separate them, `|` separates the values of one. An expression
 * takes the rest of its argument, commas and all. What means something here is written `%XX` in a value, as ids of traces
 * are; so an id is a condition that only its trace meets, or one that has more params.
 *
 * @throws {AppError} `usage`
 */
export function parseTraceQuery(texts: readonly string[]): TraceQuery {
  const query = new Map<string, KeyCondition>();
  for (const text of texts) {
    for (const [key, wanted] of conditionsOf(text)) {
      if (query.has(key)) {
        throw wrong(`two conditions on one key key=${JSON.stringify(key)}`);
      }
      query.set(key, wanted);
    }
  }
  return Object.fromEntries(query);
}

function* conditionsOf(text: string): Generator<readonly [string, KeyCondition]> {
  let rest = text;
  while (rest !== "") {
    const comma = rest.indexOf(",");
    const first = comma < 0 ? rest : rest.slice(0, comma);
    const isExpression = /^[^=!]*(?:=~|!~)/.test(first);
    const part = isExpression ? rest : first;
    rest = isExpression || comma < 0 ? "" : rest.slice(comma + 1);
    if (part !== "") yield condition(part);
  }
}

function condition(text: string): readonly [string, KeyCondition] {
  const [, name = "", operator = "", value = ""] = operators.exec(text) ?? [];
  if (name === "") throw wrong(`not a condition condition=${JSON.stringify(text)}`);
  const key = unescape(name, text);
  if (operator === "=~") return [key, { matches: expression(value, text) }];
  if (operator === "!~") return [key, { not: expression(value, text) }];
  if (value === "*") {
    if (operator === "=") return [key, { any: true }];
    throw wrong(`there is no asking for series without a key condition=${JSON.stringify(text)}`);
  }
  const values = value.split("|").map((part) => unescape(part, text));
  if (operator === "!=") return [key, { not: values }];
  return [key, values];
}

function expression(source: string, text: string): RegExp {
  try {
    return new RegExp(source, "u");
  } catch (cause) {
    throw wrong(`not an expression condition=${JSON.stringify(text)}`, cause);
  }
}

function unescape(escaped: string, text: string): string {
  try {
    return decodeURIComponent(escaped);
  } catch (cause) {
    throw wrong(`an escape is cut or no UTF-8 condition=${JSON.stringify(text)}`, cause);
  }
}

function wrong(message: string, cause?: unknown): AppError {
  return new AppError("usage", message, { cause, hint: HINT });
}
