export function pluginSizes(plugins: string): Promise<Record<string, number>>;
