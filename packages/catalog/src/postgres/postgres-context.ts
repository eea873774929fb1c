import type { Clock } from "@foretile/resilience";
import type { Database } from "./database.ts";
import type { LabelRule } from "./label-rule.ts";

/** What the rooms of a Postgres catalog work with. */
export interface PostgresContext {
  readonly database: Database;
  readonly clock: Clock;
  readonly rules: readonly LabelRule[];
}

/** Values of a statement, and the placeholders that stand for them. */
export class Parameters {
  readonly values: unknown[] = [];

  /** Adds a value; gives its placeholder. */
  add(value: unknown): string {
    this.values.push(value);
    return `$${this.values.length}`;
  }
}
