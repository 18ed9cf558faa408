/** Values of a template's placeholders; an empty one means that there is nothing to say. */
export type TemplateValues = Readonly<Record<string, string>>;

/**
 * Replaces `{name}` by its value, line by line. A line with a placeholder that is unknown or empty is left
 * out, so that a template needs no conditions; blank lines at either end and doubled ones go with it.
 */
export function fillTemplate(template: string, values: TemplateValues): string {
  const lines = template.split('\n').flatMap(line => {
    const names = [...line.matchAll(/\{(\w+)\}/g)].map(match => match[1]);
    const isComplete = names.every(name => Object.hasOwn(values, name) && values[name] !== '');
    // A function, because a value may contain `$&` and the like.
    return isComplete ? [line.replace(/\{(\w+)\}/g, (_, name: string) => values[name])] : [];
  });
  return lines
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}
