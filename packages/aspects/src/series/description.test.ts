import type { CtInstanceMetadata } from './ctInstance';
import { describesContrast, describesSpectral, hasContrastAgent } from './description';

const instance = (change: Partial<CtInstanceMetadata>): CtInstanceMetadata => ({
  sopInstanceUID: '1',
  studyInstanceUID: '1',
  seriesInstanceUID: '1',
  ...change,
});

test.each([
  'Aivot varjoaineella',
  'Glowa z kontrastem',
  'KONTRASTLI BEYIN',
  'Голова с контрастированием',
  'Mozek s k.l. 5mm',
  'Hersenen na contrast',
  'εγκέφαλος με σκιαγραφικό',
  'crânio pós-contraste',
  'CRANEO C/C 5 mm',
  'craneo con CIV',
  'CTP Avg 5.0',
  'Venography',
  'CTV head 5mm',
  'COW arteriell 5 mm',
  'CAROTIDS 5mm',
  'Delayed 5 min',
  'Tête IV+',
  'Encéphale injecté',
  'Schaedel nach KM-Gabe',
  'Head C+ 5mm',
  'Neuro enhanced',
  '頭部 造影後',
  '调强 动脉期',
  '뇌 조영증강',
  'มีสารทึบรังสี',
  'TC cranio con m.d.c.',
  'Hjerne med kontrast',
  'CT dynamic 4D',
  'Head without and with contrast',
  'Head_CTA_0.6',
  'HEAD W CONTRAST',
  'Head_+C',
  '头部增强',
  'с контрастом',
  'CT CEREBRALE CON MDC',
  'بالصبغة',
  'CABECA C/ CONTRASTE',
  'Head post gad',
  'Kopf venöse Phase',
  'Angio-CT crâne',
  'Test bolus',
  'Premonitoring bolus',
  'Iomeron 5 mm',
])('"%s" says that contrast was given', seriesDescription =>
  expect(describesContrast(instance({ seriesDescription }))).toBe(true)
);

test.each([
  'Kopf nativ ohne KM',
  'Head W/O contrast',
  'cerebro s/c',
  'craneo sin contraste',
  'cranio senza mdc',
  'Hjerne u/kontrast',
  'Head C-',
  'CRANE SANS IV',
  'Mózg bez kontrastu',
  '头部平扫',
  'Head prior to contrast',
  'NCCT before CTA',
  'pre-contrast head',
  'Kopf vor KM',
  '非增强扫描',
  '未增强',
  '造影なし',
  '조영전',
  '비조영',
  'Encéphale non injecté 5mm',
  'BEYIN KONTRASTSIZ',
  'Head unenhanced',
  'High contrast 1.0',
  'Edge enhanced',
  'Head 5.0 H30s',
  'Mozek bez k.l.',
  'без контраста',
  'χωρίς σκιαγραφικό',
  'NON-CONTRAST ENHANCED HEAD',
  'non enhanced',
  'بدون صبغة',
  'AXIAL SCOW',
  'Kmart',
  'without IV contrast',
  'Cranio s/ contraste',
  'Sem contraste',
  'Natiivi ilman varjoainetta',
  'CRANE SANS INJECTION',
  'Schädel Kopf nativ',
  'head, no iv contrast',
])('"%s" does not', seriesDescription =>
  expect(describesContrast(instance({ seriesDescription }))).toBe(false)
);

test.each([
  'Mono+ 70',
  'VNCa',
  'GSI 70',
  'MAXIP 10mm',
  'Iodkarte',
  'tMIP',
  'Calcium Suppression 25',
  'PureCalcium',
  'X-Map',
  'Uric Acid',
  'CT min IP',
  'VRT brain',
  'TTD map',
])('"%s" is one energy or material, a projection or a map', seriesDescription =>
  expect(describesSpectral(instance({ seriesDescription }))).toBe(true)
);

test.each(['Head 5.0 MPR', 'Axial brain', 'Monitoring?', '3D', 'Tips', 'Strip'])(
  '"%s" is none',
  seriesDescription => expect(describesSpectral(instance({ seriesDescription }))).toBe(false)
);

test.each(['GSI MD', 'CT_MIP', 'PROJECTION IMAGE', 'VRT', 'CT_SOM5 MIP'])('so says Image Type %s', type =>
  expect(describesSpectral(instance({ imageType: ['DERIVED', 'SECONDARY', type] }))).toBe(true)
);

test.each(['AVERAGE', 'AXIAL', 'CT_SOM7 SPI DUAL', 'MPR', 'CSA MPR'])('Image Type %s does not', type =>
  expect(describesSpectral(instance({ imageType: ['DERIVED', 'SECONDARY', type] }))).toBe(false)
);

test.each([
  'kein',
  'ohne',
  'sin contraste',
  '-',
  'Nein',
  'non-contrast',
  'sans',
  'aucun',
  'NEG',
  'no iv',
  '*none*',
  '(none)',
  'NONE',
  '',
  'nativ',
  'No',
])('the agent "%s" is none', contrastBolusAgent =>
  expect(hasContrastAgent(instance({ contrastBolusAgent }))).toBe(false)
);

test.each(['IV', 'Y', 'No oral, 80 ml Ultravist', 'Noname 300', 'Omnipaque', '80 ml', 'CE', 'Nonionic 300'])(
  'the agent "%s" is one',
  contrastBolusAgent => expect(hasContrastAgent(instance({ contrastBolusAgent }))).toBe(true)
);
