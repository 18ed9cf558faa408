/** The part of OHIF's cornerstone tool names and enums that the mode uses. */
export interface ToolVocabulary {
  readonly toolNames: Readonly<Record<string, string>>;
  readonly Enums: { readonly MouseBindings: Readonly<Record<string, number>> };
}

export const DEFAULT_TOOL_GROUP = 'default';

/** Radius with which the mask tools begin. */
export const BRUSH_RADIUS_MM = 5;
/**
 * Attenuation that the threshold brush paints at first: oedematous brain, neither fluid nor
 * healthy grey matter.
 */
export const THRESHOLD_HU: readonly [number, number] = [10, 28];

/**
 * Tools of the mode's one tool group: left button window, right zoom, middle pan, wheel scroll;
 * the rest waits.
 */
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
      mask('ThresholdCircularBrush', 'THRESHOLD_INSIDE_CIRCLE', { threshold: { range: [...THRESHOLD_HU] } }),
    ],
    enabled: [],
    disabled: [],
  };
}

/** The host's own first size is 25 mm, whatever the toolbox shows. */
function mask(toolName: string, activeStrategy: string, more: object = {}) {
  return {
    toolName,
    parentTool: 'Brush',
    configuration: { activeStrategy, brushSize: BRUSH_RADIUS_MM, ...more },
  };
}
