import type { CtInstanceMetadata } from './ctInstance';

/** Contrast medium; descriptions are in the language of the site. Some scripts have no spaces. */
const MEDIUM = anyOf([
  /(?<!\p{L})(kontrast\p{L}*|контраст\p{L}*|σκιαγραφικ\p{L}*|varjoaine\p{L}*|contraste?\w*( enhanced)?)(?!\p{L})/u,
  /(?<!\p{L})(km|m\.?d\.?c|k\.l|inject(ion|[eé]e?s?|ed)|enhanced|cản quang)(?!\p{L})/u,
  /ניגוד|صبغة|造影|增强|조영|สารทึบ|ฉีดสี/,
]);
const AGENTS = anyOf([
  /omnipaque|iomeron|imeron|ultravist|visipaque|isovue|xenetix|accupaque|optiray|iopamiro|niopam/,
  /iohexol|iomeprol|iopromide?|iopamidol|iodixanol|iobitridol|ioversol/,
]);
/** Words that say that contrast was given: in general, in other languages, phases, vessels, agents. */
const CONTRAST = new RegExp(
  anyOf([
    /\bct ?[apv]\b|angio|(ven|phleb)ogra|\b(carotid\w*|carotis|karotis|willis|cow)\b|\b4d\b|bolus/,
    /post[ -]?(gad|km|iv)|\biv ?\+|\bc\+|\+c\b|\bc\/ ?c(te)?\b|\bcon (cte|c\.?i\.?v)|\bavec (inj|pdc|produit)/,
    /\barter(ial|iell\w*|ielle)\b|\bven(ous\b|ös|euse\b)|\b(portal|delayed) (phase|\d)|动脉期|静脉期/,
    new RegExp(AGENTS),
    new RegExp(MEDIUM, 'u'),
  ]),
  'iu'
);
/** Words for none or before, and for contrast of another kind. */
const NO = anyOf([
  /non?|not|un|without|w\/?o|pre|before|prior to|edge|high|low|soft|sans|avant|sin|sem|senza|prima|zonder|voor/,
  /ohne|vor|kein\w*|[us](?=[/.])|før|före|uden|uten|utan|ilman|bez|przed|před|без|до|не|χωρίς|không|không có/,
]);
/**
 * Words that say that none was given, or another kind of contrast. They contain the others, and are taken out
 * before these are looked for.
 */
const NO_CONTRAST = new RegExp(
  anyOf([
    new RegExp(
      `(?<!\\p{L})(${NO})[-/. ]*(iv |c\\.?i\\.?v )?(${MEDIUM}|(c\\.?i\\.?v|iv|cta|angio)(?!\\p{L}))`,
      'u'
    ),
    new RegExp(`(بدون|ללא|非|无|無|未|不|비) ?(ال)?(חומר )?(${MEDIUM})`, 'u'),
    /kontrasts[ıiu]z\p{L}*|\bs\/ ?c(te)?\b|造影(なし|前)|增强前|조영 ?전/u,
  ]),
  'giu'
);
/** What is written where an agent should be named and none was given. */
const NO_AGENT = new RegExp(
  `^[^\\p{L}\\d]*$|^[^\\p{L}\\d]*(${anyOf([
    /no|none|non|not|without|w\/?o|n\/?a|0|nativ\w*|plain|kein\w*|ohne|nein|nej|nee|geen|ning[eú]\w*|ingen/,
    /sin|sans|sem|senza|zonder|bez|brak|aucun\w*|nil|neg\w*|false|нет|без|無|无|なし|없음/,
  ])})(?!\\p{L})`,
  'iu'
);
/**
 * Pictures of one energy or one material, projections and maps: of no patient's attenuation at
 * a tube voltage.
 */
const NOT_PLAIN = new RegExp(
  anyOf([
    /\b\d{2,3} ?kev\b|\bmono(energetic|chromatic|e)?\b|\bvmi\b|\bvnca?\b|\bvirtual|\bgsi\b/,
    /\biod(ine|e|karte)?\b|\bjod(karte)?\b|\biodine\(|\bwater\(|\bz[- ]?eff|\beffective z\b|\brho ?\/ ?z\b/,
    /\belectron density\b|\bcalcium supp|\bpure ?calcium|\buric ?acid|\bphotoelectric\b|\bcompton\b|\bx-?map\b/,
    /\b(max|min|m|tm)[ -]?ips?\b|\bmaximum intensity|\bsubtract|\bperfusion\b|\b(cbf|cbv|mtt|ttp|ttd|tmax)\b|\bvrt\b/,
  ]),
  'i'
);
/** Values of Image Type or Frame Type (PS3.3 C.8.2.1.1.1, C.8.16.1.4) that say the same. */
const NOT_PLAIN_TYPE = new RegExp(
  `^(${anyOf([
    /vmi|mono\w*|mat_\w+|gsi|iodine\w*|vnc|\w*zeff\w*|eff_atomic_num|electron_density/,
    /(\w+_)?m(in|ax)?_?ip|maximum|minimum|projection|vrt|volume_?rendering|std_deviation|subtract\w*/,
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

/**
 * True where (0018,0010) names an agent; sites also write "NONE" there, or why: "no oral, 80 ml Ultravist"
 * is one.
 */
export function hasContrastAgent({ contrastBolusAgent = '' }: CtInstanceMetadata): boolean {
  return !NO_AGENT.test(contrastBolusAgent) || new RegExp(AGENTS, 'i').test(contrastBolusAgent);
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
