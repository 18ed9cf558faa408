/** Puts a stored series together again: in Node and in a page, so it uses nothing of either. */
export function joinSeries(header, buffer) {
  const length = header.rows * header.columns;
  const slices = header.slices.map((slice, index) => ({
    ...slice,
    hu: new Int16Array(buffer, index * length * 2, length).slice(),
  }));
  return { ...header, slices };
}
