import type { AspectsResult, Level, RegionResult, Side } from '@deep-aspects/aspects/scoring';
import { translate } from '../i18n/translate';
import { regionOf, sameRegion } from '../session/overrides';
import type { RegionRef } from '../session/state';
import { isFound, regionReading } from './regionWords';
import type { RunCommand } from './runCommand';
import { BRAIN, HEIGHT, LEVEL_SHAPES, mirroredX, WIDTH, type RegionShape } from './schematicShapes';

const LEVELS: readonly Level[] = ['ganglionic', 'supraganglionic'];
const SIDES: readonly Side[] = ['right', 'left'];

interface Props {
  readonly result: AspectsResult;
  readonly selected: RegionRef | null;
  readonly run: RunCommand;
}

/**
 * Both levels as drawings, laid out as on the images. A shortcut for the mouse: the region rows say and do the same by
 * keyboard, so that the drawing is one picture to a screen reader.
 */
export function LevelSchematic({ result, selected, run }: Props) {
  return (
    <figure className="dasp-schematic" data-cy="aspects-schematic">
      <div className="dasp-levels" role="img" aria-label={translate('schematic.label')}>
        {LEVELS.map(level => (
          <svg key={level} viewBox={`0 0 ${WIDTH} ${HEIGHT + 14}`} aria-hidden="true">
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
            <ellipse cx={WIDTH / 2} cy={HEIGHT / 2} rx={BRAIN.x} ry={BRAIN.y} className="dasp-outline" />
            <line x1={WIDTH / 2} x2={WIDTH / 2} y1={10} y2={HEIGHT - 10} className="dasp-midline" />
            {SIDES.flatMap(side =>
              LEVEL_SHAPES[level].map(shape => {
                const region = regionOf(result, { side, region: shape.id });
                const ref = { side, region: shape.id };
                return (
                  region && (
                    <Shape
                      key={`${shape.id}-${side}`}
                      shape={shape}
                      side={side}
                      region={region}
                      fill={region.affected ? `url(#dasp-hatch-${level})` : undefined}
                      selected={selected !== null && sameRegion(selected, ref)}
                      onClick={() => run('jumpToRegion', ref)}
                    />
                  )
                );
              })
            )}
            <text x={6} y={HEIGHT + 8} className="dasp-side-letter">
              {translate('sideShort.right')}
            </text>
            <text x={WIDTH - 12} y={HEIGHT + 8} className="dasp-side-letter">
              {translate('sideShort.left')}
            </text>
          </svg>
        ))}
      </div>
      <figcaption className="dasp-legend">
        <span className="dasp-key dasp-key-affected">{translate('schematic.legendAffected')}</span>
        <span className="dasp-key dasp-key-normal">{translate('schematic.legendNormal')}</span>
        <span className="dasp-key dasp-key-reader">{translate('schematic.legendReader')}</span>
        <span className="dasp-key dasp-key-missing">{translate('schematic.legendMissing')}</span>
      </figcaption>
    </figure>
  );
}

interface ShapeProps {
  readonly shape: RegionShape;
  readonly side: Side;
  readonly region: RegionResult;
  readonly fill: string | undefined;
  readonly selected: boolean;
  readonly onClick: () => void;
}

function Shape({ shape, side, region, fill, selected, onClick }: ShapeProps) {
  const classes = ['dasp-shape'];
  classes.push(!isFound(region) ? 'dasp-missing' : region.affected ? 'dasp-affected' : 'dasp-normal');
  if (region.source === 'reader') {
    classes.push('dasp-by-reader');
  }
  if (selected) {
    classes.push('dasp-shape-selected');
  }
  return (
    <g
      className={classes.join(' ')}
      data-region={shape.id}
      data-side={side}
      data-affected={region.affected}
      onClick={onClick}
    >
      <title>{`${translate(`regionFull.${shape.id}`)}, ${translate(`side.${side}`)}: ${regionReading(region)}`}</title>
      <path
        d={shape.path}
        style={fill ? { fill } : undefined}
        transform={side === 'left' ? `translate(${WIDTH} 0) scale(-1 1)` : undefined}
      />
      <text x={mirroredX(shape.label.x, side)} y={shape.label.y + 2.5} className="dasp-shape-label">
        {shape.id}
      </text>
    </g>
  );
}
