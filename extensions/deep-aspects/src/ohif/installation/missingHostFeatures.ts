/** The services that OHIF had not before 3.11, or not with these methods. */
const NEEDED: readonly (readonly [service: string, method: string])[] = [
  ['toolbarService', 'updateSection'],
  ['segmentationService', 'createLabelmapForDisplaySet'],
  ['segmentationService', 'addSegmentationRepresentation'],
];

/** Names of what this OHIF lacks; empty for 3.11 and newer. */
export function missingHostFeatures(services: object): string[] {
  const byName = services as Readonly<Record<string, Readonly<Record<string, unknown>> | undefined>>;
  return NEEDED.filter(([service, method]) => typeof byName[service]?.[method] !== 'function').map(names =>
    names.join('.')
  );
}
