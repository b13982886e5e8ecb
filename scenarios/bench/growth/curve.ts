/** What something costs at several sizes, judged by how much more it costs at the largest. */
import type { JudgedFigure } from '../judged-figures.ts';

/** How a growth is measured. */
export interface GrowthRun {
  /** Sizes beyond it are left out. */
  readonly objectsMax: number;
  readonly onStep: (text: string) => void;
}

export interface CurvePoint {
  readonly objects: number;
  /** CPU time. */
  readonly us: number;
}

export interface Curve {
  readonly what: string;
  /** Smallest size first. */
  readonly points: readonly CurvePoint[];
  /** The largest is compared with the first from this size on; what is smaller is shown only. */
  readonly judgedFrom: number;
  readonly ratioMax: number;
}

export function figuresOfCurve({ what, points, judgedFrom, ratioMax }: Curve): readonly JudgedFigure[] {
  const small = points.find(({ objects }) => objects >= judgedFrom);
  const large = points.at(-1);
  if (small === undefined || large === undefined || small === large) throw new RangeError(`${what}: two sizes`);
  return [
    ...points.map(({ objects, us }): JudgedFigure => ({
      name: `${what}, of ${objects}`,
      actual: us,
      op: '>=',
      limit: 0,
      unit: 'us',
    })),
    {
      name: `${what}, ${large.objects} over ${small.objects}`,
      actual: large.us / small.us,
      op: '<=',
      limit: ratioMax,
      unit: '',
    },
  ];
}

/** Where several costs were measured at each size: what gives the figures of one of them. */
export function curvesOf<Cost extends { readonly objects: number }>(
  costs: readonly Cost[],
  judging: Pick<Curve, 'judgedFrom' | 'ratioMax'>,
): (what: string, usOf: (cost: Cost) => number) => readonly JudgedFigure[] {
  return (what, usOf) =>
    figuresOfCurve({ what, points: costs.map((cost) => ({ objects: cost.objects, us: usOf(cost) })), ...judging });
}
