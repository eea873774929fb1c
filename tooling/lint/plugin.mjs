// House rules that no stock rule covers.

const viewConstructors = new Set([
  "Uint8Array",
  "Uint16Array",
  "Uint32Array",
  "Int32Array",
  "Float32Array",
  "Float64Array",
  "BigUint64Array",
  "DataView",
]);

/** A view made from `x.buffer` alone covers bytes that are not `x`'s: offset and length must be passed. */
const noRawBufferView = {
  meta: { type: "problem", schema: [] },
  create(context) {
    return {
      NewExpression(node) {
        const [first, ...rest] = node.arguments;
        if (node.callee.type !== "Identifier" || !viewConstructors.has(node.callee.name)) return;
        if (first?.type !== "MemberExpression" || first.property.name !== "buffer") return;
        if (rest.length > 0) return;
        context.report({
          node,
          message: "Pass byteOffset and length too: a view may cover only part of its buffer.",
        });
      },
    };
  },
};

export default {
  meta: { name: "foretile" },
  rules: { "no-raw-buffer-view": noRawBufferView },
};
