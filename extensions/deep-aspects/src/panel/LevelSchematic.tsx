import type { KeyboardEvent, MouseEvent } from 'react';
import {
  LEVEL_SHAPES,
  mirroredX,
  type RegionShape,
  SCHEMATIC_BRAIN,
  SCHEMATIC_HEIGHT,
  SCHEMATIC_WIDTH,
} from '@deep-aspects/aspects/report';
import type { AspectsResult, RegionResult } from '@deep-aspects/aspects/scoring';
import type { Level, Side } from '@deep-aspects/aspects/scoring';
import { translate } from '../i18n/translate';
import { regionOf, sameRegion } from '../session/overrides';
import type { RegionRef } from '../session/state';
import { isFound, regionReading } from './regionWords';
import type { RunCommand } from './runCommand';
import { useRovingFocus } from './useRovingFocus';

const LEVELS: readonly Level[] = ['ganglionic', 'supraganglionic'];
const SIDES: readonly Side[] = ['right', 'left'];

/** Cut to the brain and the names under it: a panel is narrow, and letters in it are small enough. */
const MARGIN = 6;
const NAMES_AT = SCHEMATIC_HEIGHT + 5;
const VIEW_BOX = [MARGIN, MARGIN, SCHEMATIC_WIDTH - 2 * MARGIN, NAMES_AT + 3 - MARGIN].join(' ');

interface Placed {
  readonly of: RegionRef;
  readonly shape: RegionShape;
  readonly region: RegionResult;
  /** Place among all shapes, in the order of the arrow keys. */
  readonly index: number;
}

interface Props {
  readonly result: AspectsResult;
  readonly selected: RegionRef | null;
  readonly run: RunCommand;
}

/**
 * Both levels as drawings, laid out as on the images. Each region is a switch: a click, Enter or Space
 * changes its reading; with Shift its slice is shown. One tab stop; arrow keys go from region to region.
 */
export function LevelSchematic({ result, selected, run }: Props) {
  const placed = placedShapes(result);
  const roving = useRovingFocus(placed.length);
  return (
    <figure className="dasp-schematic" data-cy="aspects-schematic">
      <div
        className="dasp-levels"
        role="group"
        aria-label={translate('schematic.label')}
        onKeyDown={roving.onKeyDown}
      >
        {LEVELS.map(level => (
          <svg key={level} viewBox={VIEW_BOX} role="group" aria-label={translate(`regions.${level}`)}>
            <Hatch level={level} />
            <ellipse
              cx={SCHEMATIC_WIDTH / 2}
              cy={SCHEMATIC_HEIGHT / 2}
              rx={SCHEMATIC_BRAIN.x}
              ry={SCHEMATIC_BRAIN.y}
              className="dasp-outline"
            />
            <line
              x1={SCHEMATIC_WIDTH / 2}
              x2={SCHEMATIC_WIDTH / 2}
              y1={10}
              y2={SCHEMATIC_HEIGHT - 10}
              className="dasp-midline"
            />
            {placed
              .filter(({ region }) => region.level === level)
              .map(one => (
                <Shape
                  key={one.index}
                  {...one}
                  selected={selected !== null && sameRegion(selected, one.of)}
                  focus={roving.item(one.index)}
                  run={run}
                />
              ))}
            <text x={MARGIN + 6} y={NAMES_AT} className="dasp-side-letter">
              {translate('sideShort.right')}
            </text>
            <text x={SCHEMATIC_WIDTH / 2} y={NAMES_AT} className="dasp-level-name">
              {translate(`levelShort.${level}`)}
            </text>
            <text x={SCHEMATIC_WIDTH - MARGIN - 6} y={NAMES_AT} className="dasp-side-letter">
              {translate('sideShort.left')}
            </text>
          </svg>
        ))}
      </div>
      <figcaption className="dasp-hint">{translate('schematic.hint')}</figcaption>
    </figure>
  );
}

function placedShapes(result: AspectsResult): Placed[] {
  const all = LEVELS.flatMap(level =>
    SIDES.flatMap(side => LEVEL_SHAPES[level].map(shape => ({ shape, of: { side, region: shape.id } })))
  );
  return all.flatMap(({ shape, of }, index) => {
    const region = regionOf(result, of);
    return region ? [{ shape, of, region, index }] : [];
  });
}

/** Affected regions are told by a pattern too, not by colour alone. */
function Hatch({ level }: { level: Level }) {
  return (
    <defs>
      <pattern
        id={`dasp-hatch-${level}`}
        width="5"
        height="5"
        patternTransform="rotate(45)"
        patternUnits="userSpaceOnUse"
      >
        <rect width="5" height="5" className="dasp-fill-affected" />
        <line x1="0" y1="0" x2="0" y2="5" className="dasp-hatch" />
      </pattern>
    </defs>
  );
}

interface ShapeProps extends Placed {
  readonly selected: boolean;
  readonly focus: object;
  readonly run: RunCommand;
}

function Shape({ of, shape, region, selected, focus, run }: ShapeProps) {
  const { side } = of;
  const act = (event: MouseEvent | KeyboardEvent) =>
    event.shiftKey
      ? run('jumpToRegion', of)
      : run('setRegionAffected', { ...of, affected: !region.affected });
  const name = translate('schematic.region', {
    region: translate(`regionFull.${shape.id}`),
    side: translate(`side.${side}`),
    reading: regionReading(region),
  });
  return (
    <g
      {...focus}
      role="switch"
      aria-checked={region.affected}
      aria-label={name}
      className={classesOf(region, selected)}
      data-cy={`aspects-schematic-${shape.id}-${side}`}
      data-region={shape.id}
      data-side={side}
      data-affected={region.affected}
      onClick={act}
      onKeyDown={event => {
        if (event.key === 'Enter' || event.key === ' ') {
          event.preventDefault();
          act(event);
        }
      }}
    >
      <title>{name}</title>
      <path
        d={shape.path}
        style={region.affected ? { fill: `url(#dasp-hatch-${region.level})` } : undefined}
        transform={side === 'left' ? `translate(${SCHEMATIC_WIDTH} 0) scale(-1 1)` : undefined}
      />
      <text x={mirroredX(shape.label.x, side)} y={shape.label.y + 2.5} className="dasp-shape-label">
        {shape.id}
      </text>
    </g>
  );
}

function classesOf(region: RegionResult, selected: boolean): string {
  const reading = region.affected ? 'dasp-affected' : 'dasp-normal';
  return [
    'dasp-shape',
    isFound(region) ? reading : 'dasp-missing',
    ...(region.source === 'reader' ? ['dasp-by-reader'] : []),
    ...(selected ? ['dasp-shape-selected'] : []),
  ].join(' ');
}
