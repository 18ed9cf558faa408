/** What a result says of the program that made it; the version is that of the extension's package. */
export const SOFTWARE = { name: 'deep-aspects', version: '0.1.0' } as const;
