import { supportedLanguage } from './translate';

/** A number as the reader's language writes it, with that many decimals: 12.3 or 12,3. */
export function formatNumber(value: number, digits = 1): string {
  return new Intl.NumberFormat(supportedLanguage(), {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
    useGrouping: false,
  }).format(value);
}
