import type { AspectsResult, HemisphereResult } from '../../scoring/aspects/aspectsResult';

/**
 * The result without any UID: study and series become empty, a slice becomes `slice-N`, with N counted
 * from caudal if `sopInstanceUIDs` (all slices of the series, caudal to cranial) contains it, and
 * `slice` otherwise.
 */
export function withoutIdentifiers(result: AspectsResult, sopInstanceUIDs: readonly string[]): AspectsResult {
  const nameOf = (uid: string) => {
    const index = sopInstanceUIDs.indexOf(uid);
    return index < 0 ? 'slice' : `slice-${index + 1}`;
  };
  const keySliceOf = ({ keySlice }: { keySlice: string | null }) =>
    keySlice === null ? null : nameOf(keySlice);
  const anonymous = (hemisphere: HemisphereResult): HemisphereResult => ({
    ...hemisphere,
    regions: hemisphere.regions.map(region => ({
      ...region,
      keySlice: keySliceOf(region),
    })),
  });
  return {
    ...result,
    series: { ...result.series, studyInstanceUID: '', seriesInstanceUID: '' },
    hemispheres: { left: anonymous(result.hemispheres.left), right: anonymous(result.hemispheres.right) },
    haemorrhage: { ...result.haemorrhage, keySlice: keySliceOf(result.haemorrhage) },
    levels: {
      ganglionic: result.levels.ganglionic.map(nameOf),
      supraganglionic: result.levels.supraganglionic.map(nameOf),
    },
  };
}
