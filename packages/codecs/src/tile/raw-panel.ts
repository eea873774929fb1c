import { bytesOf, panelValueBytes, type PanelBody } from "./panel-body.ts";

/** The `raw` mode: the float bits as they are. */
export const rawPanel: PanelBody = {
  id: 0,
  minBytes: panelValueBytes,
  maxBytes: panelValueBytes,
  encode: (words, _simulations, _steps, target) => {
    target.set(bytesOf(words));
    return words.byteLength;
  },
  decode: (bytes, simulations, _steps, { from }, words) => {
    const start = panelValueBytes(simulations, from);
    bytesOf(words).set(bytes.subarray(start, start + words.byteLength));
  },
};
