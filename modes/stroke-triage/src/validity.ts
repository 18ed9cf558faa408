/** OHIF's answer to whether a mode is offered for a study. */
export interface Validity {
  readonly valid: boolean;
  /** Shown on the mode's button where it is not valid. */
  readonly description: string;
}

/**
 * `modalities`: ModalitiesInStudy as OHIF gives it, joined by backslashes (or slashes, from some archives).
 */
export function strokeTriageValidity({ modalities }: { readonly modalities?: string }): Validity {
  const present = (modalities ?? '').split(/[\\/,]/).map(modality => modality.trim().toUpperCase());
  const valid = present.includes('CT');
  return {
    valid,
    description: valid
      ? ''
      : 'Stroke triage needs a CT series: ASPECTS is read on plain head CT, and this study has none',
  };
}
