import dcmjs from 'dcmjs';
import { syntheticReport } from '../../../../testing/syntheticReport';
import { buildReport } from '../buildReport';

interface Item {
  readonly ValueType: string;
  readonly TextValue?: string;
  readonly ConceptNameCodeSequence: readonly { CodeValue: string; CodingSchemeDesignator: string }[];
  readonly ConceptCodeSequence?: readonly { CodeValue: string; CodingSchemeDesignator: string }[];
  readonly ContentSequence?: readonly Item[];
}

/** The report as other software reads it. */
const report = (() => {
  const { dict } = dcmjs.data.DicomMessage.readFile(buildReport(syntheticReport()).sr.part10);
  return dcmjs.data.DicomMetaDictionary.naturalizeDataset(dict) as unknown as Item & { SOPClassUID: string };
})();
const code = (item: Item) => item.ConceptNameCodeSequence[0].CodeValue;
const everything = (item: Item): Item[] => [item, ...(item.ContentSequence ?? []).flatMap(everything)];

test('hosts that expect drawn measurements of an "Imaging Measurement Report" are not told that it is one', () => {
  const drawn = everything(report).filter(({ ValueType }) => /^SCOORD/.test(ValueType));
  expect(drawn).toEqual([]);
  expect(code(report)).not.toBe('126000');
});

test('whoever shows the report as text begins with the result in words', () => {
  const shown = report.ContentSequence!.filter(({ ValueType }) => ['TEXT', 'CONTAINER'].includes(ValueType));
  const first = shown.find(item => code(item) === '121106' || item.ValueType === 'CONTAINER');
  expect(first?.TextValue).toMatch(/ASPECTS: 8 of 10/);
});

test('what scores regions, hemispheres and the whole names the method by its SNOMED CT code', () => {
  const methods = everything(report)
    .filter(item => code(item) === '125007')
    .map(group => [
      group.ContentSequence!.find(item => code(item) === '121071')!.ConceptCodeSequence![0].CodeValue,
      group.ContentSequence!.find(item => code(item) === '370129005')?.ConceptCodeSequence![0],
    ]);
  const scored = methods.filter(([finding]) =>
    ['ASPECTS_ASSESS', 'HEMISPHERE', 'REGION'].includes(String(finding))
  );
  expect(scored).toHaveLength(23);
  for (const [, method] of scored) {
    expect(method).toMatchObject({ CodeValue: '1290003007', CodingSchemeDesignator: 'SCT' });
  }
});
