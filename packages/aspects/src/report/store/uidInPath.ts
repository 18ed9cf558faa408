import { isUid } from '../dicom/uid';

/**
 * A UID as it stands in a URL's path. UIDs come from archives and files: anything else in their place (a
 * path, a query) would send a request, and its token, elsewhere.
 *
 * @throws Error for what is no UID
 */
export function uidInPath(uid: string): string {
  if (!isUid(uid)) {
    throw new Error(`"${uid.slice(0, 80)}" is no UID`);
  }
  return uid;
}
