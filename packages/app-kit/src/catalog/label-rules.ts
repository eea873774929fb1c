import type { LabelRule } from "@foretile/catalog/postgres";
import type { LabelConfig } from "@foretile/prediction-store";

/** How the requests of a database are told apart: by their length, and by their asset where labels share a length. */
export function labelRules(labels: readonly LabelConfig[]): LabelRule[] {
  return labels.map(({ label, timeLengthSeconds, assets }) => {
    const shared = labels.filter((other) => other.timeLengthSeconds === timeLengthSeconds);
    return shared.length > 1 ? { label, timeLengthSeconds, assets } : { label, timeLengthSeconds };
  });
}
