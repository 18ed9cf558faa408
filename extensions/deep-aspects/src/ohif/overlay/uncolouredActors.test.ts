import type { HostActor } from '../host/services';
import { hideUncolouredActors, isColoured } from './uncolouredActors';

/** An actor of vtk.js: `colours` is null until the host has given it some. */
function actorWith(colours: object | null) {
  let visible = true;
  const actor: HostActor = {
    getProperty: () => ({ getRGBTransferFunction: () => colours }),
    setVisibility: value => (visible = value),
  };
  return { actor, isVisible: () => visible };
}

/**
 * What the host tells when it has added an actor for what `representationUID` names; the CT itself
 * has no such name.
 */
function added(actor: HostActor, representationUID?: string): Event {
  return new CustomEvent('actors-changed', { detail: { addedActors: [{ actor, representationUID }] } });
}

const OURS = 'deep-aspects-regions-1.2.3-Labelmap-derived:1';

it('hides a layer that the host has added without its colours', () => {
  const { actor, isVisible } = actorWith(null);
  hideUncolouredActors(added(actor, OURS));
  expect(isVisible()).toBe(false);
});

it('leaves a coloured layer alone, which the host adds anew with each image', () => {
  const { actor, isVisible } = actorWith({});
  hideUncolouredActors(added(actor, OURS));
  expect(isVisible()).toBe(true);
});

it("leaves the CT and other people's segmentations alone", () => {
  const { actor, isVisible } = actorWith(null);
  hideUncolouredActors(added(actor));
  hideUncolouredActors(added(actor, 'their-segmentation-Labelmap-derived:1'));
  expect(isVisible()).toBe(true);
});

it('takes no notice of actors that were only removed', () => {
  expect(() => hideUncolouredActors(new CustomEvent('actors-changed', { detail: {} }))).not.toThrow();
});

it('hides nothing whose colours cannot be asked for', () => {
  const actor = { getProperty: () => ({}) } as HostActor;
  expect(isColoured(actor)).toBe(true);
});
