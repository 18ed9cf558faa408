import packageJson from '../package.json';

/** OHIF's id of the mode: the name of the npm package. */
export const id: string = packageJson.name;
