import type { CtInstanceMetadata } from './ctInstance';

const CONTRAST =
  /(\bcta\b|angio|post[ -]?contrast|\bw(ith)?[ /]*(iv )?contrast\b|\bc\+|\+c\b|contrast enhanced|\b(mit|nach|post) km\b)/i;
const NO_CONTRAST = /\bnon?[ -]?contrast\b/gi;

/** The series description as words: sites join them with underscores, which regular expressions take for letters. */
export function descriptionOf(instance: CtInstanceMetadata): string {
  return (instance.seriesDescription ?? '').replace(/_/g, ' ');
}

/** Whether the description says that contrast was given: the tag for the agent is often left empty. */
export function describesContrast(instance: CtInstanceMetadata): boolean {
  return CONTRAST.test(descriptionOf(instance).replace(NO_CONTRAST, ''));
}
