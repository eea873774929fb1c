import type { Handler } from "../../src/handler/handler.ts";
import type { RowwiseOperations } from "../../src/handler/rowwise-operations.ts";

export function rowwiseOf<V>({ name, rowwise }: Handler<V>): RowwiseOperations<V> {
  if (rowwise === undefined) throw new Error(`values of this kind have no rows handler=${name}`);
  return rowwise;
}
