import { part10Of } from '@deep-aspects/aspects/report';

export const CT = { study: '1.2.3', series: '1.2.3.1', instance: '1.2.3.1.1' };

/** A 2 x 2 pixel CT image as a DICOM file, with other attributes where given. */
export function ctFile(attributes: Readonly<Record<string, unknown>> = {}): Buffer {
  const pixels = new Int16Array([0, 1, 2, 3]).buffer;
  return Buffer.from(
    part10Of({
      SOPClassUID: '1.2.840.10008.5.1.4.1.1.2',
      SOPInstanceUID: CT.instance,
      StudyInstanceUID: CT.study,
      SeriesInstanceUID: CT.series,
      Modality: 'CT',
      PatientName: 'SYNTHETIC^HEAD',
      PatientID: 'P1',
      StudyDate: '20260101',
      StudyDescription: 'Head',
      SeriesNumber: 2,
      Rows: 2,
      Columns: 2,
      SamplesPerPixel: 1,
      BitsAllocated: 16,
      BitsStored: 16,
      HighBit: 15,
      PixelRepresentation: 1,
      PhotometricInterpretation: 'MONOCHROME2',
      ImagePositionPatient: [0, 0, 5],
      PixelData: pixels,
      _vrMap: { PixelData: 'OW' },
      ...attributes,
    })
  );
}
