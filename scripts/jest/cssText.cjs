/**
 * Style sheets are imported as text; an empty one here, since jsdom knows no container queries and
 * complains of them.
 */
module.exports = {
  process: () => ({ code: "module.exports = '';" }),
};
