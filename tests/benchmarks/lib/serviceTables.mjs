/**
 * Studies a minute by workers, how many times those of one worker they are, and processor time of a study.
 */
export function throughputTable(rows) {
  const [{ studiesPerMinute: one }] = rows;
  const lines = rows.map(
    ({ workers, studies, studiesPerMinute, processorSecondsPerStudy }) =>
      `| ${workers} | ${studies} | ${studiesPerMinute.toFixed(1)} | ${(studiesPerMinute / one).toFixed(2)} | ${processorSecondsPerStudy.toFixed(1)} |`
  );
  return [
    '| workers | studies | studies a minute | of one worker | processor seconds a study |',
    '| --- | --- | --- | --- | --- |',
    ...lines,
  ].join('\n');
}

export function delayLine(seconds) {
  const told = seconds.map(value => value.toFixed(1)).join(', ');
  return `\nLast instance stored to result in the archive: ${told} s, the first with loading the networks.`;
}

export function memoryLine(samples) {
  const told = samples
    .map(({ studies, megabytes }) => `${megabytes.toFixed(0)} MB after ${studies}`)
    .join(', ');
  return `\nServer and worker together: ${told} studies.`;
}
