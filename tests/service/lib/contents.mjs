const DESCRIPTION = '0008103E';

/** Series of a study that are not its CT, each as `{modality, description, instances}`. */
async function derivedSeries(dicomWeb, study) {
  const found = await json(
    `${dicomWeb}/studies/${study}/series?includefield=${DESCRIPTION}&includefield=00201209`
  );
  return found
    .map(series => ({
      modality: valueOf(series, '00080060'),
      description: valueOf(series, DESCRIPTION) ?? '',
      instances: Number(valueOf(series, '00201209')),
    }))
    .filter(({ modality }) => modality !== 'CT');
}

/** `scored`, `refused: CODE`, `nothing`, or what else is there, in words. */
export async function outcomeIn(dicomWeb, study) {
  const series = await derivedSeries(dicomWeb, study);
  const kinds = series
    .map(({ modality, instances }) => `${modality}${instances === 1 ? '' : ` of ${instances}`}`)
    .sort()
    .join(', ');
  const refusal = /^ASPECTS not scored: (\w+)$/.exec(series[0]?.description ?? '');
  if (kinds === 'SR' && refusal) {
    return `refused: ${refusal[1]}`;
  }
  return kinds === 'OT, SEG, SR' ? 'scored' : kinds || 'nothing';
}

/** SOP Instance UIDs of a study's reports that no other report names as the one before it. */
export async function unreplacedReports(dicomWeb, study) {
  const instances = await json(`${dicomWeb}/studies/${study}/metadata`);
  const reports = instances.filter(instance => valueOf(instance, '00080060') === 'SR');
  const path = ['0040A360', '00081115', '00081199', '00081155'];
  const replaced = reports.map(report => path.reduce((item, tag) => item && valueOf(item, tag), report));
  return reports.map(report => valueOf(report, '00080018')).filter(uid => !replaced.includes(uid));
}

/** Times an answer is asked for: Orthanc now and then breaks one off while it takes images. */
const TRIES = 3;

async function json(url, tries = TRIES) {
  const answer = await fetch(url, { headers: { Accept: 'application/dicom+json' } });
  if (answer.status === 204 || answer.status === 404) {
    return [];
  }
  if (!answer.ok) {
    throw new Error(`HTTP ${answer.status} at ${url}`);
  }
  try {
    return await answer.json();
  } catch (error) {
    // An answer that came whole and is no JSON would be a SyntaxError.
    if (!(error instanceof TypeError) || tries === 1) {
      throw error;
    }
    return json(url, tries - 1);
  }
}

function valueOf(dataset, tag) {
  return dataset[tag]?.Value?.[0];
}
