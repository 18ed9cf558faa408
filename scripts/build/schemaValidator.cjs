/**
 * webpack loader: a JSON Schema becomes its validator. The check is code of the bundle, since a Content
 * Security Policy forbids making it at run time with `eval`.
 */
const Ajv = require('ajv').default;
const standaloneCode = require('ajv/dist/standalone').default;

module.exports = function compile(schemaText) {
  // A function for each definition: written out at each use, the ten regions of both sides are 150
  // KB of a bundle.
  const ajv = new Ajv({ code: { source: true }, inlineRefs: false });
  return standaloneCode(ajv, ajv.compile(JSON.parse(schemaText)));
};
