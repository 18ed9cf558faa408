import type { AspectsResult, ModelIdentity } from '../../../scoring/aspects/aspectsResult';
import type { ReportInput } from '../../types';
import { CODES, OWN_CODES } from '../codes';
import { MANUFACTURER } from '../modules';
import { sliceReference } from '../sourceReferences';
import { contentUid } from '../uid';
import { codedItem, containerItem, imageItem, textItem, uidItem, type ContentItem } from './contentItems';

/** TID 1001: the software as device observer, the reader (where there is one) as person observer. */
export function observerItems({ result, reader }: ReportInput): ContentItem[] {
  const context = 'HAS OBS CONTEXT';
  const device = [
    codedItem(context, CODES.observerType, CODES.device),
    uidItem(
      context,
      CODES.deviceObserverUid,
      contentUid('device', result.software.name, result.software.version)
    ),
    textItem(context, CODES.deviceObserverName, `${result.software.name} ${result.software.version}`),
    textItem(context, CODES.deviceObserverManufacturer, MANUFACTURER),
    textItem(context, CODES.deviceObserverModelName, result.software.name),
  ];
  if (!reader) {
    return device;
  }
  return [
    ...device,
    codedItem(context, CODES.observerType, CODES.person),
    {
      ...textItem(context, CODES.personObserverName, ''),
      ValueType: 'PNAME',
      TextValue: undefined,
      PersonName: reader.name,
    },
    ...(reader.organisation
      ? [textItem(context, CODES.personObserverOrganisation, reader.organisation)]
      : []),
  ];
}

/** TID 4019; the networks with their hashes as parameters where asked for. */
export function algorithmItems(result: AspectsResult, detail?: 'with-models'): ContentItem[] {
  const modifier = 'HAS CONCEPT MOD';
  return [
    textItem(modifier, CODES.algorithmName, result.software.name),
    textItem(modifier, CODES.algorithmVersion, result.software.version),
    ...(detail === 'with-models' ? result.models : []).map(model =>
      textItem(modifier, CODES.algorithmParameters, modelParameter(model))
    ),
  ];
}

function modelParameter(model: ModelIdentity): string {
  return `${model.task} network: ${model.name} ${model.version} (${model.architecture}), sha256 ${model.sha256}`;
}

/** The inverse of what `algorithmItems` writes of a network; undefined for any other parameter. */
export function modelOfParameter(text: string): ModelIdentity | undefined {
  const parts = /^(anatomy|infarct) network: (.+) (\S+) \((.*)\), sha256 (\w*)$/.exec(text);
  return parts
    ? {
        task: parts[1] as ModelIdentity['task'],
        name: parts[2],
        version: parts[3],
        architecture: parts[4],
        sha256: parts[5],
      }
    : undefined;
}

/** TID 1600: every slice that was read. */
export function imageLibrary(input: ReportInput): ContentItem {
  const images = input.series.slices.map(({ sopInstanceUID }) =>
    imageItem(CODES.sourceImageForProcessing, sliceReference(input, sopInstanceUID))
  );
  return containerItem(CODES.imageLibrary, [containerItem(CODES.imageLibraryGroup, images)]);
}

/** Warnings and the computing device, in words that can be read back. */
export function remarkItems(result: AspectsResult): ContentItem[] {
  const { provider, adapter, precision } = result.runtime;
  return [
    ...result.warnings.map(({ code, message }) =>
      textItem('CONTAINS', OWN_CODES.qualityWarning, `${code}: ${message}`)
    ),
    textItem('CONTAINS', OWN_CODES.runtime, [provider, precision, adapter].join('; ')),
  ];
}
