/**
 * What a scenario of `npm test` runs on. `--s3 minio` and `--redis container` take what is there: whoever must know which it was asks the result.
 */
import type { RedisService, S3Service } from '#simulator';
import type { RunResult } from './run-result.ts';

export interface Parts {
  /** For the name of a step: `in containers`. */
  readonly name: string;
  readonly s3: 'embedded' | 'minio';
  /** Null where there is none. */
  readonly redis: 'local' | 'container' | null;
  readonly env: Readonly<Record<string, string>>;
  /** What the results must name; null where anything will do. */
  readonly mustBe: {
    readonly s3: S3Service['kind'];
    readonly redis: RedisService['kind'];
    readonly cure: string;
  } | null;
}

/** By testcontainers. An empty MINIO_BINARY names none, so that MinIO is the image. */
export const inContainers: Parts = {
  name: 'in containers',
  s3: 'minio',
  redis: 'container',
  env: { MINIO_BINARY: '' },
  mustBe: {
    s3: 'minio-container',
    redis: 'container',
    cure: 'The Docker engine did not answer, so a program of this machine was taken: see that `docker version` names a server.',
  },
};

/** A binary that is named is taken even where an engine answers. */
export function asProcesses({
  minioBinary,
  hasRedis,
}: {
  readonly minioBinary: string;
  readonly hasRedis: boolean;
}): Parts {
  return {
    name: 'as processes',
    s3: 'minio',
    redis: hasRedis ? 'local' : null,
    env: { MINIO_BINARY: minioBinary },
    mustBe: {
      s3: 'minio',
      redis: 'local',
      cure: 'MINIO_BINARY must name a program of this machine, and redis-server be on PATH.',
    },
  };
}

/** Whatever is there, as a user would run it. */
export function asFound({ hasMinio, hasRedis }: Readonly<Record<'hasMinio' | 'hasRedis', boolean>>): Parts {
  const s3 = hasMinio ? 'minio' : 'embedded';
  return { name: `on ${s3}`, s3, redis: hasRedis ? 'local' : null, env: {}, mustBe: null };
}

/** As the run itself says. */
export function describeParts({ environment: { s3, redis } }: RunResult): string {
  const words = [s3.kind, s3.version, ...(redis.kind === 'none' ? [] : ['· Redis', redis.kind, redis.version])];
  return words.filter((word) => word !== null).join(' ');
}

/** Why the run is none of these parts, with the cure; null when it is one. A run that passed and left no result does not say, and that is no better. */
export function findOtherParts({ mustBe }: Parts, result: RunResult | null, exitCode: number): string | null {
  if (mustBe === null) return null;
  if (result === null) return exitCode === 0 ? 'it passed, and left no result that says what it ran on.' : null;
  const { s3, redis } = result.environment;
  const isRight = s3.kind === mustBe.s3 && (redis.kind === mustBe.redis || redis.kind === 'none');
  if (isRight) return null;
  const redisAsked = redis.kind === 'none' ? '' : ` and Redis ${mustBe.redis}`;
  return `it was to run on ${mustBe.s3}${redisAsked}, and ran on ${describeParts(result)}. ${mustBe.cure}`;
}
