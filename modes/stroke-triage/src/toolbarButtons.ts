import { BRUSH_RADIUS_MM, THRESHOLD_HU } from './toolGroups';

/** OHIF toolbar buttons as plain data: the same objects work in 3.11 to 3.14. */
export interface ToolbarButton {
  readonly id: string;
  readonly uiType: string;
  readonly props: Readonly<Record<string, unknown>>;
}

const TOOL_GROUPS = { toolGroupIds: ['default'] };
const BRUSH_RADIUS = { min: 0.5, max: 40, step: 0.5, value: BRUSH_RADIUS_MM };
const HU_RANGE = { min: -20, max: 80, step: 1, value: [...THRESHOLD_HU] };

function tool(id: string, icon: string, label: string): ToolbarButton {
  return {
    id,
    uiType: 'ohif.toolButton',
    props: {
      icon,
      label,
      tooltip: label,
      commands: { commandName: 'setToolActiveToolbar', commandOptions: TOOL_GROUPS },
      evaluate: 'evaluate.cornerstoneTool',
    },
  };
}

function action(id: string, icon: string, label: string, commands: unknown, tooltip = label): ToolbarButton {
  return {
    id,
    uiType: 'ohif.toolButton',
    props: { icon, label, tooltip, commands, evaluate: 'evaluate.action' },
  };
}

function windowPreset(id: string, label: string, windowWidth: number, windowCenter: number): ToolbarButton {
  const commands = { commandName: 'setWindowLevel', commandOptions: { windowWidth, windowCenter } };
  return action(id, 'tool-window-level', `${label} (W ${windowWidth}, L ${windowCenter})`, commands);
}

function maskTool(
  id: string,
  icon: string,
  label: string,
  toolName: string,
  moreOptions: readonly object[] = []
): ToolbarButton {
  return {
    id,
    uiType: 'ohif.toolBoxButton',
    props: {
      icon,
      label,
      tooltip: label,
      evaluate: {
        name: 'evaluate.cornerstone.segmentation',
        toolNames: [toolName],
        disabledText: 'Compute ASPECTS, or add a segmentation, to use this tool',
      },
      commands: { commandName: 'setToolActiveToolbar', commandOptions: { ...TOOL_GROUPS, toolName } },
      options: [
        {
          id: `${id.toLowerCase()}-radius`,
          name: 'Radius (mm)',
          type: 'range',
          explicitRunOnly: true,
          ...BRUSH_RADIUS,
          commands: { commandName: 'setBrushSize', commandOptions: { toolNames: [toolName] } },
        },
        ...moreOptions,
      ],
    },
  };
}

/** A button that the host draws and evaluates by itself, e.g. a menu in a viewport's corner. */
function hostMenu(id: string, icon: string, label: string, hideWhenDisabled: boolean): ToolbarButton {
  return {
    id,
    uiType: `ohif.${id}`,
    props: { icon, label, tooltip: label, evaluate: { name: `evaluate.${id}`, hideWhenDisabled } },
  };
}

const COMPUTE_BUTTON = 'ComputeAspects';

export const toolbarButtons: readonly ToolbarButton[] = [
  { id: 'Windows', uiType: 'ohif.toolButtonList', props: { buttonSection: true } },
  tool('WindowLevel', 'tool-window-level', 'Window level'),
  windowPreset('StrokeWindow', 'Stroke window', 40, 40),
  windowPreset('BrainWindow', 'Brain window', 80, 40),
  tool('Zoom', 'tool-zoom', 'Zoom'),
  tool('Pan', 'tool-move', 'Pan'),
  tool('StackScroll', 'tool-stack-scroll', 'Scroll'),
  tool('Length', 'tool-length', 'Length'),
  action('Reset', 'tool-reset', 'Reset view', 'resetViewport'),
  {
    id: 'Layout',
    uiType: 'ohif.layoutSelector',
    props: { rows: 3, columns: 4, evaluate: 'evaluate.action', commands: 'setViewportGridLayout' },
  },
  action(
    COMPUTE_BUTTON,
    'tab-roi-threshold',
    'Compute ASPECTS',
    { commandName: 'computeAspects', context: 'DEEP_ASPECTS' },
    'Compute ASPECTS (shift+a)'
  ),
  hostMenu('dataOverlayMenu', 'ViewportViews', 'Overlays', false),
  hostMenu('modalityLoadBadge', 'Status', 'Load', true),
  hostMenu('navigationComponent', 'Navigation', 'Go through segments', true),
  { id: 'MaskTools', uiType: 'ohif.toolBoxButtonGroup', props: { buttonSection: true } },
  maskTool('Brush', 'icon-tool-brush', 'Brush', 'CircularBrush'),
  maskTool('Eraser', 'icon-tool-eraser', 'Eraser', 'CircularEraser'),
  maskTool('ThresholdBrush', 'icon-tool-threshold', 'Threshold brush', 'ThresholdCircularBrush', [
    {
      id: 'thresholdbrush-range',
      name: 'Range (HU)',
      type: 'double-range',
      explicitRunOnly: true,
      ...HU_RANGE,
      commands: {
        commandName: 'setThresholdRange',
        commandOptions: { toolNames: ['ThresholdCircularBrush'] },
      },
    },
  ]),
];

/** Button ids of the bar on top, in order. */
const PRIMARY = ['Windows', 'Zoom', 'Pan', 'StackScroll', 'Length', 'Reset', 'Layout', COMPUTE_BUTTON];

/** What a section holds. Section names of the host are given by their key in `toolbarService.sections`. */
export const SECTIONS: readonly { readonly section: string; readonly buttons: readonly string[] }[] = [
  { section: 'primary', buttons: PRIMARY },
  { section: 'viewportActionMenu.topLeft', buttons: ['dataOverlayMenu'] },
  { section: 'viewportActionMenu.topRight', buttons: ['modalityLoadBadge', 'navigationComponent'] },
];

/** Sections that the buttons above make themselves. */
export const OWN_SECTIONS: Readonly<Record<string, readonly string[]>> = {
  Windows: ['WindowLevel', 'StrokeWindow', 'BrainWindow'],
  MaskTools: ['Brush', 'Eraser', 'ThresholdBrush'],
};

/** The toolbox of the segmentation panel; 3.11 names it otherwise than later versions. */
export const TOOLBOX_SECTIONS = ['labelMapSegmentationToolbox', 'segmentationToolbox'];
