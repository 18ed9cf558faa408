import type { ToolbarService } from './host';
import { OWN_SECTIONS, SECTIONS, TOOLBOX_SECTIONS, toolbarButtons } from './toolbarButtons';

/**
 * Registers the mode's buttons and puts them into the bar on top, the viewports' corners and the
 * segmentation panel.
 */
export function fillToolbar(toolbar: ToolbarService): void {
  toolbar.register(toolbarButtons);
  for (const { section, buttons } of SECTIONS) {
    toolbar.updateSection(hostSection(toolbar, section), buttons);
  }
  for (const [section, buttons] of Object.entries(OWN_SECTIONS)) {
    toolbar.updateSection(section, buttons);
  }
  const toolbox = TOOLBOX_SECTIONS.map(name => toolbar.sections[name]).find(Boolean);
  if (typeof toolbox === 'string') {
    toolbar.updateSection(toolbox, ['MaskTools']);
  }
}

/** `primary` or `viewportActionMenu.topLeft` as the host names it. */
function hostSection(toolbar: ToolbarService, key: string): string {
  const [outer, inner] = key.split('.');
  const found = toolbar.sections[outer];
  return typeof found === 'string' || !inner ? String(found) : found[inner];
}
