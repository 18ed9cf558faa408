import type { LabelmapStyle } from '../host/services';
import type { OverlayStyle } from '../../session/state';

/** Pixels. */
const OUTLINE_WIDTH = 1.5;

/** The same look whether the segmentation is the active one or not: neither is more important to a reader. */
export function labelmapStyle({ opacity }: OverlayStyle): LabelmapStyle {
  return {
    renderFill: true,
    renderOutline: true,
    fillAlpha: opacity,
    outlineWidth: OUTLINE_WIDTH,
    outlineOpacity: 1,
    renderFillInactive: true,
    renderOutlineInactive: true,
    fillAlphaInactive: opacity,
    outlineWidthInactive: OUTLINE_WIDTH,
    outlineOpacityInactive: 1,
  };
}
