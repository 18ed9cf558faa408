import type { CtInstanceMetadata } from './ctInstance';

const CONTRAST =
  /(\bcta\b|angio|post[ -]?contrast|\binject[eé]e?\b|\biv ?\+|\bavec (inj|contraste|pdc|produit)|\bcon (contraste|mdc|c\.?i\.?v)|\bcom contraste|\bmet contrast|\bmed kontrast|\bs kontrastem|с контрастом|造影|增强|조영|\bw(ith)?[ /]*(iv )?contrast\b|\bc\+|\+c\b|contrast enhanced|\b(mit|nach|post) km\b)/i;
const NO_CONTRAST =
  /\b(non?[ -]?contrast|non inject[eé]e?|sans (injection|contraste)|sin contraste|sem contraste|senza (contrasto|mdc))\b/gi;
/** Pictures of one energy or one material, of no patient's attenuation at a tube voltage. */
const NOT_PLAIN =
  /(\b\d{2,3} ?kev\b|\bmono(energetic|chromatic|e)?\b|\bvmi\b|\bvnc\b|\bvirtual|\biod(ine|e)?\b|\bjod\b|\bz[- ]?eff|\beffective z\b|\belectron density\b|\bwater\(|\biodine\()/i;

/** The series description as words: sites join them with underscores, which regular expressions take for letters. */
export function descriptionOf(instance: CtInstanceMetadata): string {
  return (instance.seriesDescription ?? '').replace(/_/g, ' ');
}

/** Whether the description says that contrast was given: the tag for the agent is often left empty. */
export function describesContrast(instance: CtInstanceMetadata): boolean {
  return CONTRAST.test(descriptionOf(instance).replace(NO_CONTRAST, ''));
}

/** Whether the description names a picture of one energy or material (keV, iodine, virtual non-contrast). */
export function describesSpectral(instance: CtInstanceMetadata): boolean {
  return NOT_PLAIN.test(descriptionOf(instance)) || instance.rescaleType?.trim().toUpperCase() === 'HU_MOD';
}
