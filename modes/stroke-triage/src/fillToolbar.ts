import type { ToolbarService } from './host';
import { MASK_TOOLS, PRIMARY_SECTION, toolbarButtons } from './toolbarButtons';

/** Registers the mode's buttons and puts them into the bar on top and into the segmentation panel. */
export function fillToolbar(toolbar: ToolbarService): void {
  toolbar.register(toolbarButtons);
  toolbar.updateSection(toolbar.sections.primary, PRIMARY_SECTION);
  const toolbox = toolbar.sections.labelMapSegmentationToolbox ?? toolbar.sections.segmentationToolbox;
  toolbar.updateSection(toolbox, ['MaskTools']);
  toolbar.updateSection('MaskTools', MASK_TOOLS);
}
