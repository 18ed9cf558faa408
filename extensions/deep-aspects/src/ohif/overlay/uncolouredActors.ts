import type { HostActor, HostActorEntry } from '../host/services';
import { isLayerId } from './layers';

/**
 * Whether the host has given an actor its layer's colours. It draws one that has none as opaque black. A
 * volume's actor always has some: the host colours it before its first frame.
 */
export function isColoured(actor: HostActor): boolean {
  const property = actor.getProperty();
  return !property.getRGBTransferFunction || Boolean(property.getRGBTransferFunction(0));
}

/**
 * For the host's event that a viewport's actors have changed, which comes before the next frame is drawn. The
 * host adds an actor for a slice at once but colours it from a queue, many frames later on a busy machine;
 * black masks would hide the brain meanwhile. Colouring makes an actor visible again.
 */
export function hideUncolouredActors(event: Event): void {
  const { addedActors = [] } = (event as CustomEvent<{ addedActors?: readonly HostActorEntry[] }>).detail;
  addedActors
    // Setting an image adds all actors anew, those with colours too: the host takes these for finished.
    .filter(({ representationUID, actor }) => isLayerId(representationUID ?? '') && !isColoured(actor))
    .forEach(({ actor }) => actor.setVisibility(false));
}
