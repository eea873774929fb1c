import { CatalogError } from "../catalog-error.ts";
import { MAX_NAME_LENGTH } from "../records/request.ts";
import { checkName, checkWhole } from "../rules/check-values.ts";

/**
 * Which requests of the database belong to a label. The network's tables have no label: what another program saved is
 * told by its length, and, where two labels share a length, by its asset.
 */
export interface LabelRule {
  readonly label: string;
  /** Seconds from the first step to the horizon of every request of the label. */
  readonly timeLengthSeconds: number;
  /** Only requests for these assets. Must be given where another label has the same length. */
  readonly assets?: readonly string[] | undefined;
}

/** The network's 24 hour and 1 hour competitions. */
export const SYNTH_LABEL_RULES: readonly LabelRule[] = [
  { label: "low", timeLengthSeconds: 86_400 },
  { label: "high", timeLengthSeconds: 3_600 },
];

/**
 * The label of a request that another program saved. Guessing would put it into the wrong competition.
 *
 * @throws {CatalogError} `unknown-label` when no rule fits
 */
export function labelOf(
  rules: readonly LabelRule[],
  request: { readonly timeLengthSeconds: number; readonly asset: string },
): string {
  const { timeLengthSeconds, asset } = request;
  const rule = rules.find(
    (candidate) =>
      candidate.timeLengthSeconds === timeLengthSeconds &&
      (candidate.assets === undefined || candidate.assets.includes(asset)),
  );
  if (rule !== undefined) return rule.label;
  throw new CatalogError(
    "unknown-label",
    `no rule tells the label of the request time_length=${timeLengthSeconds} asset=${asset}`,
  );
}

/** @throws {CatalogError} `invalid-argument` when two rules could claim one request, or one label has two */
export function checkLabelRules(rules: readonly LabelRule[]): void {
  const labels = new Set<string>();
  for (const { label, timeLengthSeconds, assets } of rules) {
    checkName("label", label, MAX_NAME_LENGTH);
    checkWhole("time length of a label", timeLengthSeconds, 1, 2_147_483_647);
    for (const asset of assets ?? []) checkName("asset", asset, MAX_NAME_LENGTH);
    if (labels.has(label)) {
      throw new CatalogError("invalid-argument", `two rules for one label label=${label}`);
    }
    labels.add(label);
  }
  for (const peers of Map.groupBy(rules, (rule) => rule.timeLengthSeconds).values()) {
    const assets = peers.flatMap((rule) => rule.assets ?? []);
    const open = peers.some((rule) => rule.assets === undefined);
    if (peers.length > 1 && (open || new Set(assets).size < assets.length)) {
      throw new CatalogError(
        "invalid-argument",
        `labels of one length must name assets of their own labels=${peers.map(({ label }) => label).join(",")}`,
      );
    }
  }
}
