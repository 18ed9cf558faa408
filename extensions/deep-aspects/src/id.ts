import packageJson from '../package.json';

/** OHIF's id of the extension: the name of the npm package. */
export const id: string = packageJson.name;
export const version: string = packageJson.version;
