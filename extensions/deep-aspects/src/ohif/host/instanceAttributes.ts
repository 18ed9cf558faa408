/** Naturalised DICOM attributes, as `metaData.get('instance', imageId)` gives them. */
export type InstanceAttributes = Readonly<Record<string, unknown>>;
