/** The part of OHIF's cornerstone tool names and enums that the mode uses. */
export interface ToolVocabulary {
  readonly toolNames: Readonly<Record<string, string>>;
  readonly Enums: { readonly MouseBindings: Readonly<Record<string, number>> };
}

export const DEFAULT_TOOL_GROUP = 'default';

/** Tools of the mode's one tool group: left button window, right zoom, middle pan, wheel scroll; the rest waits. */
export function createTools({ toolNames, Enums }: ToolVocabulary) {
  const { Primary, Secondary, Auxiliary, Wheel } = Enums.MouseBindings;
  return {
    active: [
      { toolName: toolNames.WindowLevel, bindings: [{ mouseButton: Primary }] },
      { toolName: toolNames.Pan, bindings: [{ mouseButton: Auxiliary }] },
      { toolName: toolNames.Zoom, bindings: [{ mouseButton: Secondary }] },
      { toolName: toolNames.StackScroll, bindings: [{ mouseButton: Wheel }] },
    ],
    passive: [
      { toolName: toolNames.Length },
      mask('CircularBrush', 'FILL_INSIDE_CIRCLE'),
      mask('CircularEraser', 'ERASE_INSIDE_CIRCLE'),
    ],
    enabled: [],
    disabled: [],
  };
}

function mask(toolName: string, activeStrategy: string) {
  return { toolName, parentTool: 'Brush', configuration: { activeStrategy } };
}
