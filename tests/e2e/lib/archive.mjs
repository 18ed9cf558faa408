/** What an archive holds of our two kinds of objects in a study, as DICOM JSON by modality. */
export async function storedReports(dicomWeb, studyUid) {
  const of = async modality => {
    const answer = await fetch(`${dicomWeb}/studies/${studyUid}/series?Modality=${modality}`);
    const series = answer.status === 204 ? [] : await answer.json();
    const instances = await Promise.all(
      series.map(async one => {
        const uid = one['0020000E'].Value[0];
        const metadata = await fetch(`${dicomWeb}/studies/${studyUid}/series/${uid}/metadata`);
        return metadata.json();
      })
    );
    return instances.flat();
  };
  return { SEG: await of('SEG'), SR: await of('SR') };
}

export const sopInstanceUid = instance => instance['00080018'].Value[0];

/** SOP Instance UIDs in Predecessor Documents Sequence (0040,A360). */
export function predecessors(instance) {
  const studies = instance['0040A360']?.Value ?? [];
  return studies.flatMap(study =>
    study['00081115'].Value.flatMap(series => series['00081199'].Value.map(sop => sop['00081155'].Value[0]))
  );
}
