/**
 * Slices are named by their SOP Instance UID. All frames of a multi-frame instance share it, so their
 * names add `#` and the number of the frame, from 1: `1.2.3#17`.
 */
export function frameName(sopInstanceUID: string, frameNumber: number): string {
  return `${sopInstanceUID}#${frameNumber}`;
}

/** Number of the frame in its instance, from 1; undefined where the slice is an instance of its own. */
export function frameNumberOf(name: string): number | undefined {
  const [, frame] = name.split('#');
  return frame === undefined ? undefined : Number(frame);
}

/** SOP Instance UID of the instance that a slice or frame belongs to. */
export function instanceOfFrame(name: string): string {
  return name.split('#')[0];
}
