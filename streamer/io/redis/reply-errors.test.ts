import { describe, expect, it } from 'vitest';
import { cureOfPassing, cureOfRefusal, cureOfSilence, isSaying } from './reply-errors.ts';

const in62 = (said: string): Error =>
  new Error(`ERR Error running script (call to f_${'0a'.repeat(20)}): @user_script:12: ${said}`);

describe('what a command says inside a script', () => {
  it('is what it says outside of one, on every Redis', () => {
    // As 6.2 puts it: what Redis itself refuses has the place twice.
    expect(isSaying(in62("@user_script: 12: -READONLY You can't write against a read only replica."), 'READONLY')).toBe(
      true,
    );
    expect(cureOfPassing(in62("@user_script: 12: -OOM command not allowed when used memory > 'maxmemory'."))).toMatch(
      /maxmemory/,
    );
    expect(
      cureOfPassing(new Error('NOREPLICAS Not enough good replicas to write. script: 0a, on @user_script:3.')),
    ).toMatch(/min-replicas-to-write/);
    expect(cureOfPassing(in62('WRONGTYPE Operation against a key holding the wrong kind of value'))).toBeNull();
  });

  it('of a missing permission, is a refusal on every Redis', () => {
    const denials = [
      new Error("NOPERM this user has no permissions to run the 'hmget' command"),
      in62("@user_script: 12: The user executing the script can't run this command or subcommand"),
      new Error(
        "ERR The user executing the script can't run this command or subcommand script: 0a, on @user_script:3.",
      ),
      new Error(
        "ERR ACL failure in script: User app has no permissions to run the 'time' command script: 0a, on @user_script:3.",
      ),
    ];
    expect(denials.map(cureOfRefusal)).toEqual(denials.map(() => expect.stringMatching(/docs\/redis\.md/)));
  });
});

describe('a node of a cluster', () => {
  it('is one that refuses, for good', () => {
    expect(cureOfRefusal(new Error('MOVED 3999 127.0.0.1:6381'))).toMatch(/Cluster is not supported/);
  });
});

describe('no answer', () => {
  it('because of a certificate is mended where authorities are named, also where only Sentinel says it', () => {
    const coded = Object.assign(new Error('unable to verify the first certificate'), {
      code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    });
    const told = new Error(
      'All sentinels are unreachable. Retrying from scratch after 100ms. Last error: self-signed certificate',
    );
    expect([coded, told].map(cureOfSilence)).toEqual([
      expect.stringMatching(/tls\.ca_file/),
      expect.stringMatching(/tls\.ca_file/),
    ]);
  });

  it('for any other reason, or none, is one of a server that does not run, or not there', () => {
    expect([null, new Error('connect ECONNREFUSED 127.0.0.1:6379')].map(cureOfSilence)).toEqual([
      expect.stringMatching(/runs/),
      expect.stringMatching(/runs/),
    ]);
  });
});
