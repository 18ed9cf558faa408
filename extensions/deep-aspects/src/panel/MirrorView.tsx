import { useEffect, useLayoutEffect, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import { createPortal } from 'react-dom';
import { translate } from '../i18n/translate';
import type { MirrorPicture } from '../session/state';
import type { RunCommand } from './runCommand';

interface Props {
  readonly picture: MirrorPicture;
  readonly run: RunCommand;
}

/** Slices a turn of the wheel, in its own pixels. */
const WHEEL_STEP = 60;

/** A slice next to its mirror image, over the viewports: big, and unmistakably marked as mirrored. */
export function MirrorView({ picture, run }: Props) {
  const dialog = useRef<HTMLDivElement>(null);
  const anchor = useRef<HTMLSpanElement>(null);
  const place = usePlaceBeside(anchor);
  useFocusWhileOpen(dialog);
  const step = (by: 1 | -1) => run('stepMirrorComparison', { step: by });
  useWheel(dialog, step);
  const close = () => run('toggleMirrorComparison');
  return (
    <>
      <span ref={anchor} />
      {createPortal(
        <div
          ref={dialog}
          role="dialog"
          tabIndex={-1}
          className="dasp-panel dasp-mirror"
          data-cy="aspects-mirror-view"
          aria-label={translate('mirror.title')}
          style={place}
          onKeyDown={event => onKey(event, step, close)}
        >
          <div className="dasp-mirror-pictures">
            <Picture picture={picture} mirrored={false} label={translate('mirror.asScanned')} />
            <Picture picture={picture} mirrored label={translate('mirror.mirrored')} />
          </div>
          <MirrorControls picture={picture} run={run} step={step} close={close} />
        </div>,
        document.body
      )}
    </>
  );
}

interface ControlsProps extends Props {
  readonly step: (by: 1 | -1) => void;
  readonly close: () => void;
}

function MirrorControls({ picture, run, step, close }: ControlsProps) {
  const { sliceName, window } = picture;
  return (
    <div className="dasp-mirror-controls">
      <Button cy="aspects-mirror-lower" onClick={() => step(-1)}>
        {translate('mirror.lower')}
      </Button>
      <span role="status" data-cy="aspects-mirror-slice">
        {sliceName}
      </span>
      <Button cy="aspects-mirror-higher" onClick={() => step(1)}>
        {translate('mirror.higher')}
      </Button>
      <select
        aria-label={translate('mirror.window')}
        data-cy="aspects-mirror-window"
        value={window}
        onChange={event => run('setMirrorWindow', { window: event.target.value as MirrorPicture['window'] })}
      >
        <option value="stroke">{translate('mirror.stroke')}</option>
        <option value="brain">{translate('mirror.brain')}</option>
      </select>
      <Button cy="aspects-mirror-close" onClick={close}>
        {translate('mirror.close')}
      </Button>
      <p className="dasp-hint">{translate('mirror.hint')}</p>
    </div>
  );
}

function Button({ cy, onClick, children }: { cy: string; onClick: () => void; children: ReactNode }) {
  return (
    <button type="button" className="dasp-button" data-cy={cy} onClick={onClick}>
      {children}
    </button>
  );
}

interface PictureProps {
  readonly picture: MirrorPicture;
  readonly mirrored: boolean;
  readonly label: string;
}

/** As on the images, the patient's right comes first; in the mirror image it comes last. */
function Picture({ picture, mirrored, label }: PictureProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { size, grey } = picture;
  useEffect(() => {
    const pixels = rgbaOf(grey, size, mirrored);
    canvas.current?.getContext('2d')?.putImageData(new ImageData(pixels, size, size), 0, 0);
  }, [grey, size, mirrored]);
  const [first, last] = mirrored ? (['left', 'right'] as const) : (['right', 'left'] as const);
  return (
    <figure className={mirrored ? 'dasp-mirror-picture dasp-mirrored' : 'dasp-mirror-picture'}>
      <figcaption>{label}</figcaption>
      <div className="dasp-mirror-frame">
        <canvas ref={canvas} width={size} height={size} role="img" aria-label={label} />
        <span className="dasp-mirror-line" />
        <span className="dasp-mirror-side dasp-mirror-first">{translate(`sideShort.${first}`)}</span>
        <span className="dasp-mirror-side dasp-mirror-last">{translate(`sideShort.${last}`)}</span>
      </div>
    </figure>
  );
}

/** Grey values as opaque RGBA; mirrored: each row from its end. */
export function rgbaOf(
  grey: Uint8ClampedArray,
  size: number,
  mirrored: boolean
): Uint8ClampedArray<ArrayBuffer> {
  const rgba = new Uint8ClampedArray(grey.length * 4);
  for (let row = 0, at = 0; row < size; row++) {
    for (let column = 0; column < size; column++, at += 4) {
      const value = grey[row * size + (mirrored ? size - 1 - column : column)];
      rgba[at] = rgba[at + 1] = rgba[at + 2] = value;
      rgba[at + 3] = 255;
    }
  }
  return rgba;
}

function onKey(event: KeyboardEvent, step: (by: 1 | -1) => void, close: () => void): void {
  const inList = event.target instanceof HTMLSelectElement;
  const actions: Readonly<Record<string, (() => void) | undefined>> = {
    Escape: close,
    ...(!inList && { ArrowUp: () => step(1), ArrowDown: () => step(-1) }),
  };
  const action = actions[event.key];
  if (action) {
    // The viewer has meanings of its own for these keys.
    event.preventDefault();
    event.nativeEvent.stopPropagation();
    action();
  }
}

/** The focus goes in, and back to where it was. */
function useFocusWhileOpen(dialog: { readonly current: HTMLElement | null }): void {
  useEffect(() => {
    const before = document.activeElement;
    dialog.current?.focus();
    return () => (before instanceof HTMLElement ? before.focus() : undefined);
  }, [dialog]);
}

/** A listener of React's would be passive: the page would scroll as well. */
function useWheel(element: { readonly current: HTMLElement | null }, step: (by: 1 | -1) => void): void {
  const latest = useRef(step);
  latest.current = step;
  useEffect(() => {
    let turned = 0;
    const onWheel = (event: WheelEvent) => {
      event.preventDefault();
      turned += event.deltaY;
      if (Math.abs(turned) >= WHEEL_STEP) {
        latest.current(turned > 0 ? -1 : 1);
        turned = 0;
      }
    };
    const target = element.current;
    target?.addEventListener('wheel', onWheel, { passive: false });
    return () => target?.removeEventListener('wheel', onWheel);
  }, [element]);
}

interface Place {
  readonly top: number;
  readonly left: number;
  readonly right: number;
}

/** The wider part of the page next to the panel, so that the panel stays in use. */
function usePlaceBeside(anchor: { readonly current: HTMLElement | null }): Place {
  const [place, setPlace] = useState<Place>({ top: 0, left: 0, right: 0 });
  useLayoutEffect(() => {
    const panel = anchor.current?.closest('[data-cy="aspects-panel"]');
    const measure = () => {
      const { left, right } = panel?.getBoundingClientRect() ?? { left: 0, right: 0 };
      const top = panel ? columnOf(panel).getBoundingClientRect().top : 0;
      const behind = window.innerWidth - right;
      setPlace(
        left >= behind ? { top, left: 0, right: window.innerWidth - left } : { top, left: right, right: 0 }
      );
    };
    measure();
    window.addEventListener('resize', measure);
    return () => window.removeEventListener('resize', measure);
  }, [anchor]);
  return place;
}

/** What the panel stands in, with the host's tabs above it: as high as the viewports. */
function columnOf(panel: Element): Element {
  const mostWidth = 1.5 * panel.getBoundingClientRect().width;
  let column = panel;
  while (column.parentElement && column.parentElement.getBoundingClientRect().width < mostWidth) {
    column = column.parentElement;
  }
  return column;
}
