/**
 * Slices are named by their SOP Instance UID. All frames of a multi-frame instance share it, so their names
 * add `#` and the number of the frame, from 1: `1.2.3#17`.
 */
export function frameName(sopInstanceUID: string, frameNumber: number): string {
  return `${sopInstanceUID}#${frameNumber}`;
}

/** Whether a slice's name is that of a frame of a multi-frame instance. */
export function isFrameName(name: string): boolean {
  return name.includes('#');
}

/** Number of the frame in its instance, from 1; undefined where the slice is an instance of its own. */
export function frameNumberOf(name: string): number | undefined {
  return isFrameName(name) ? Number(name.split('#')[1]) : undefined;
}

/** SOP Instance UID of the instance that a slice or frame belongs to. */
export function instanceOfFrame(name: string): string {
  return name.split('#')[0];
}
