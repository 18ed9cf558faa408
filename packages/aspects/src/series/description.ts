import type { CtInstanceMetadata } from './ctInstance';

/** Words that say that contrast was given: in general, in other languages, phases, agents. */
const CONTRAST = new RegExp(
  anyOf([
    /\bcta\b|angio|post[ -]?(contrast|gad|km|iv)|contrast enhanced|\bw(ith)?[ /]*(iv )?contrast\b|\biv ?\+|\bc\+|\+c\b/,
    /\binject[eé]e?\b|\bavec (inj|contraste|pdc|produit)|\bcon (contraste|mdc|c\.?i\.?v)|\b(com|c\/) ?contraste/,
    /\bmet contrast|kontrast|\bkm\b|\bmdc\b|с контрастом|造影|增强|조영/,
    /\b(arteri\w*|ven(ous|ös\w*|euse)|portal|delayed) phase/,
    /\b(omnipaque|iomeron|imeron|ultravist|visipaque|isovue|xenetix|accupaque|optiray)\b/,
  ]),
  'i'
);
/**
 * Words that say that none was given. They contain the others, and are taken out before these are looked for.
 */
const NO_CONTRAST = new RegExp(
  `\\b(${anyOf([
    /(non?|without|w\/?o|zonder)[ -]?(iv )?contrast/,
    /non inject[eé]e?|sans (injection|contraste)|sin contraste|sem contraste|senza (contrasto|mdc)/,
    /(ohne|vor|kein|bez|utan|uden|uten) ?(km|kontrast\w*)|kontrasts[ıi]z/,
  ])})(?![a-z])`,
  'gi'
);
/**
 * Pictures of one energy or one material, projections and maps: of no patient's attenuation at
 * a tube voltage.
 */
const NOT_PLAIN = new RegExp(
  anyOf([
    /\b\d{2,3} ?kev\b|\bmono(energetic|chromatic|e)?\b|\bvmi\b|\bvnc\b|\bvirtual/,
    /\biod(ine|e)?\b|\bjod\b|\biodine\(|\bwater\(|\bz[- ]?eff|\beffective z\b|\brho ?\/ ?z\b|\belectron density\b/,
    /\bm(in)?ips?\b|\bsubtract|\bperfusion\b|\b(cbf|cbv|mtt|ttp|tmax)\b/,
  ]),
  'i'
);
/** Values of Image Type or Frame Type (PS3.3 C.8.2.1.1.1, C.8.16.1.4) that say the same. */
const NOT_PLAIN_TYPE = new RegExp(
  `^(${anyOf([
    /vmi|mono\w*|mat_\w+|iodine\w*|vnc|\w*zeff\w*|eff_atomic_num|electron_density/,
    /m(in|ax)?_?ip|maximum|minimum|std_deviation|subtract\w*/,
    /perfusion\w*|cbf|cbv|mtt|ttp|tmax/,
  ])})$`,
  'i'
);

/**
 * The series description as words: sites join them with underscores, which regular expressions
 * take for letters.
 */
export function descriptionOf(instance: CtInstanceMetadata): string {
  return (instance.seriesDescription ?? '').replace(/_/g, ' ');
}

/** Whether the description says that contrast was given: the tag for the agent is often left empty. */
export function describesContrast(instance: CtInstanceMetadata): boolean {
  return CONTRAST.test(descriptionOf(instance).replace(NO_CONTRAST, ''));
}

/** Whether description or type name a picture of one energy or material, a projection or a map. */
export function describesSpectral(instance: CtInstanceMetadata): boolean {
  const words = (instance.imageType ?? []).flatMap(value => value.trim().split(' '));
  return (
    NOT_PLAIN.test(descriptionOf(instance)) ||
    words.some(word => NOT_PLAIN_TYPE.test(word)) ||
    instance.rescaleType?.trim().toUpperCase() === 'HU_MOD'
  );
}

/** The source of an expression that is true where one of these is. */
function anyOf(expressions: readonly RegExp[]): string {
  return expressions.map(({ source }) => source).join('|');
}
