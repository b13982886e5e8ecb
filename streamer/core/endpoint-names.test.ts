import { describe, expect, it } from 'vitest';
import { endpointNames } from './endpoint-names.ts';

describe('endpointNames', () => {
  it('leaves a plain endpoint as it is', () => {
    expect(endpointNames(['http://localhost:8080', 'https://agent:8443/in/logs', 'http://[::1]:8080/'])).toEqual([
      'http://localhost:8080',
      'https://agent:8443/in/logs',
      'http://[::1]:8080',
    ]);
  });

  it('leaves out what may be a secret', () => {
    expect(endpointNames(['http://user:hunter2@agent:8080/in?token=hunter2#hunter2'])).toEqual([
      'http://agent:8080/in',
    ]);
  });

  it('tells apart endpoints that differ only in that', () => {
    expect(endpointNames(['http://a:1/?t=1', 'http://b:1', 'http://a:1/?t=2'])).toEqual([
      'http://a:1#1',
      'http://b:1',
      'http://a:1#2',
    ]);
  });
});
