import type { LabelConfig } from "./label-config.ts";

// The numbers of the network's validator at commit ec8a625904986f54138723e6ed4f11f08b42bc38 of mode-network/synth-subnet.

const assetCoefficients: LabelConfig["assetCoefficients"] = {
  BTC: 1,
  ETH: 0.7064366394033871,
  XAU: 1.7370922597118699,
  SOL: 0.6310037175639559,
  SPYX: 3.437935601155441,
  NVDAX: 1.6028217601617174,
  TSLAX: 1.6068755936957768,
  AAPLX: 2.0916380815843123,
  GOOGLX: 1.6827392777257926,
  XRP: 0.5658394110809131,
  HYPE: 0.4784547133706857,
  WTIOIL: 0.8475062847978935,
};

/** Synth's 24 hour competition: 289 steps of 5 minutes. */
export const SYNTH_LOW: LabelConfig = {
  label: "low",
  timeLengthSeconds: 86_400,
  timeIncrementSeconds: 300,
  simulations: 1000,
  intervals: { "5min": 300, "30min": 1800, "3hour": 10_800, "24hour_abs": 86_400 },
  assets: [
    "BTC",
    "ETH",
    "XAU",
    "SOL",
    "SPYX",
    "NVDAX",
    "TSLAX",
    "AAPLX",
    "GOOGLX",
    "XRP",
    "HYPE",
    "WTIOIL",
  ],
  assetCoefficients,
  windowDays: 10,
  softmaxBeta: -0.1,
  emissionShare: 0.5,
  retentionDays: 12,
  thinAfterMinutes: 30,
  thinBucketSeconds: 3600,
};

/** Synth's 1 hour competition: 61 steps of a minute. */
export const SYNTH_HIGH: LabelConfig = {
  label: "high",
  timeLengthSeconds: 3600,
  timeIncrementSeconds: 60,
  simulations: 1000,
  intervals: {
    "1min": 60,
    "2min": 120,
    "5min": 300,
    "15min": 900,
    "30min": 1800,
    "60min_abs": 3600,
    "0_5min_gaps": 300,
    "0_10min_gaps": 600,
    "0_15min_gaps": 900,
    "0_20min_gaps": 1200,
    "0_25min_gaps": 1500,
    "0_30min_gaps": 1800,
    "0_35min_gaps": 2100,
    "0_40min_gaps": 2400,
    "0_45min_gaps": 2700,
    "0_50min_gaps": 3000,
    "0_55min_gaps": 3300,
    "0_60min_gaps": 3600,
  },
  assets: ["BTC", "ETH", "XAU", "SOL", "HYPE"],
  assetCoefficients,
  windowDays: 3,
  softmaxBeta: -0.2,
  emissionShare: 0.5,
  retentionDays: 4,
  thinAfterMinutes: 10,
  thinBucketSeconds: 600,
};
