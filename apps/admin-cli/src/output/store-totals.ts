import type { RequestAddress, RequestSummary } from "@foretile/prediction-store";

/** What a group of requests holds. Tiles and bytes are those of the newest versions. */
export interface Totals {
  requests: number;
  versions: number;
  /** Valid answers: each is a tile. */
  valid: number;
  /** Answers that broke a rule. */
  invalid: number;
  rawBytes: number;
  storedBytes: number;
}

/** A request as {@link StoreTotals} counts it. */
export interface CountedRequest extends RequestSummary {
  /** How many versions there are; never reused numbers, so it is the newest one's. */
  readonly versions: number;
  readonly valid: number;
  readonly invalid: number;
}

/** Sums requests by label and asset, and in all. */
export class StoreTotals {
  readonly all: Totals = emptyTotals();
  readonly #groups = new Map<string, RequestAddress & { readonly totals: Totals }>();

  add(request: CountedRequest): void {
    const { label, asset } = request.request;
    const name = JSON.stringify([label, asset]);
    let group = this.#groups.get(name);
    if (group === undefined) {
      group = { ...request.request, totals: emptyTotals() };
      this.#groups.set(name, group);
    }
    for (const totals of [group.totals, this.all]) {
      totals.requests += 1;
      totals.versions += request.versions;
      totals.valid += request.valid;
      totals.invalid += request.invalid;
      totals.rawBytes += request.rawBytes;
      totals.storedBytes += request.storedBytes;
    }
  }

  /** In the order in which their first requests came. */
  groups(): IterableIterator<RequestAddress & { readonly totals: Totals }> {
    return this.#groups.values();
  }
}

function emptyTotals(): Totals {
  return { requests: 0, versions: 0, valid: 0, invalid: 0, rawBytes: 0, storedBytes: 0 };
}
