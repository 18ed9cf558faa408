export function buildOfCommit(root: string, reference: string, builds: string): Promise<string>;
