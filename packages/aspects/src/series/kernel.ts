/**
 * How edge-enhancing a reconstruction is: `sharp` kernels (bone, lung) hide grey-white contrast under noise.
 */
export type KernelKind = 'soft' | 'sharp' | 'unknown';

const SHARP_WORDS =
  /\b(bone|boneplus|edge|lung|ultra ?sharp|sharp|inner ear|iac|temporal bone|cortical|knochen)\b/i;
/** Bone as a site may call it, but not what it was taken out of. */
const BONE =
  /\b(bone|knochen|hueso|os(so|sos|seux|seo|ea)|kost(ny|na|i))\b(?![- ]*(removal|removed|free|less))|кост|骨窗|뼈/i;
const SOFT_WORDS = /\b(standard|std|soft|stnd|stnd\+|brain)\b/i;
/** Philips letters: D, E and the Y and L families sharpen; A, B, C and the U (brain) family do not. */
const PHILIPS_SHARP = /^(d|e|l|ya|yb|yc|yd|ye)$/i;
const PHILIPS_SOFT = /^(a|b|c|ua|ub|uc|sa|sb)$/i;

/** Judges by kernel name (0018,1210), the makers' schemes, and the series description. */
export function kernelKind(kernel: string | undefined, description = ''): KernelKind {
  const name = (kernel ?? '').trim();
  if (SHARP_WORDS.test(name) || BONE.test(description)) {
    return 'sharp';
  }
  return canon(name) ?? siemens(name) ?? philips(name) ?? (SOFT_WORDS.test(name) ? 'soft' : 'unknown');
}

/** Siemens: one or two letters, then a number that grows with sharpness (H30s, Hr40d, J45s, U75u, Bf64). */
function siemens(name: string): KernelKind | undefined {
  const match = /^(?:[bhijqstu]|[bhqstu][a-z])(\d{2})[a-z]*\b/i.exec(name);
  if (!match) {
    return undefined;
  }
  return Number(match[1]) >= 55 ? 'sharp' : 'soft';
}

/** Canon (Toshiba): FC30-39 bone, FC50-59 lung, FC80-86 high resolution; the rest is soft tissue. */
function canon(name: string): KernelKind | undefined {
  const match = /^fc(\d{2})\b/i.exec(name);
  if (!match) {
    return undefined;
  }
  const family = Math.floor(Number(match[1]) / 10);
  return family === 3 || family === 5 || family === 8 ? 'sharp' : 'soft';
}

function philips(name: string): KernelKind | undefined {
  if (PHILIPS_SHARP.test(name)) {
    return 'sharp';
  }
  return PHILIPS_SOFT.test(name) ? 'soft' : undefined;
}
