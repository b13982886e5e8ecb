/** The HTML report in a real browser: it is complete by itself, fits wide and narrow windows, and reads well in light and dark. */
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatMs } from '../format.ts';
import { renderJUnit } from '../junit.ts';
import type { Result } from '../model.ts';
import { sampleFailedResult, sampleInvalidResult, sampleResult } from '../sample-result.ts';
import { renderHtml } from './page.ts';

const chromiumPath = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';
const hasChromium = existsSync(chromiumPath);
const howToGetIt = `no Chromium at ${chromiumPath}: install it (Debian: apt-get install chromium) or set CHROMIUM_PATH`;

const isCi = process.env['CI'] === 'true';
if (!hasChromium && !isCi) process.stderr.write(`Left out the HTML report's browser tests: ${howToGetIt}.\n`);

it('has a browser to test with, wherever CI asks for one', () => {
  expect(hasChromium || !isCi ? 'there' : howToGetIt).toBe('there');
});

const results: Readonly<Record<string, Result>> = {
  passed: sampleResult(),
  failed: sampleFailedResult(),
  invalid: sampleInvalidResult(),
};
const windows = [1280, 390].flatMap((width) => (['light', 'dark'] as const).map((scheme) => ({ width, scheme })));
const cases = Object.keys(results).flatMap((name) => windows.map((window) => ({ name, ...window })));

describe.skipIf(!hasChromium)('the HTML report in Chromium', () => {
  let browser: Browser;
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 's3es-report-'));
    for (const [name, result] of Object.entries(results))
      await writeFile(join(folder, `${name}.html`), renderHtml(result));
    browser = await chromium.launch({
      executablePath: chromiumPath,
      // Root, as in most containers, has no sandbox; the rest keeps the browser from calling home.
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    });
  });

  afterAll(async () => {
    await browser.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function open(
    name: string,
    width: number,
    scheme: 'light' | 'dark',
  ): Promise<{ page: Page; requests: string[]; complaints: string[] }> {
    const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme: scheme });
    const requests: string[] = [];
    const complaints: string[] = [];
    page.on('request', (request) => requests.push(request.url()));
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(pathToFileURL(join(folder, `${name}.html`)).href);
    return { page, requests, complaints };
  }

  it.each(cases)(
    '$name, $width px, $scheme: asks for nothing, complains of nothing, overflows nowhere',
    async ({ name, width, scheme }) => {
      const { page, requests, complaints } = await open(name, width, scheme);
      const document = pathToFileURL(join(folder, `${name}.html`)).href;
      expect(requests.filter((url) => url !== document && !url.startsWith('data:'))).toEqual([]);
      expect(complaints).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
      expect(await page.evaluate(tooWide)).toEqual([]);
      await page.close();
    },
  );

  it('overflows at no width between a small phone and a wide screen', async () => {
    const { page } = await open('failed', 1280, 'light');
    for (const width of [320, 360, 480, 600, 719, 721, 768, 900, 959, 961, 1100, 1920]) {
      await page.setViewportSize({ width, height: 900 });
      expect.soft({ width, wide: await page.evaluate(tooWide) }).toEqual({ width, wide: [] });
    }
    await page.close();
  });

  it.each(windows)('$width px, $scheme: every text can be read', async ({ width, scheme }) => {
    const { page } = await open('failed', width, scheme);
    expect(await page.evaluate(hardToRead)).toEqual([]);
    await page.close();
  });

  it.each([1280, 390])('%d px: shows the verdict and the key figures', async (width) => {
    const result = sampleResult();
    const { page } = await open('passed', width, 'light');
    const visible = await page.locator('header').innerText();
    const figures = [
      'Passed',
      'Nothing lost',
      '149,500 of 149,500 lines',
      '227 MB/min',
      '6.8% of a core',
      result.replay,
    ];
    for (const figure of [...figures, `Lag ${formatMs(result.latencyMs.lag.avg)}`]) expect(visible).toContain(figure);
    expect(await page.locator('.judged tr:has(.measured:visible)').count()).toBe(
      result.documented.length + result.checks.length,
    );
    expect(await page.locator('.chart svg:visible').count()).toBe(9);
    expect(await page.locator('.waterfall .part:visible').count()).toBe(10);
    await page.close();
  });

  it('shows why a run failed, and which lines were lost, before scrolling', async () => {
    const { page } = await open('failed', 1280, 'light');
    for (const text of ['lost lines: 913 lines, required = 0 lines.', 'lines 4,120 to 5,032']) {
      const box = await page.getByText(text).boundingBox();
      expect(box?.y).toBeLessThan(900);
    }
    await page.close();
  });

  it('selects the replay command with one click', async () => {
    const { page } = await open('passed', 1280, 'light');
    await page.locator('.replay code').click();
    expect(await page.evaluate('getSelection().toString()')).toBe(sampleResult().replay);
    await page.close();
  });

  it('prints on white', async () => {
    const { page } = await open('failed', 1280, 'dark');
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe('rgb(255, 255, 255)');
    expect(await page.evaluate('getComputedStyle(document.querySelector(".panel")).backgroundColor')).toBe(
      'rgb(255, 255, 255)',
    );
    await page.close();
  });

  it('agrees that the JUnit report is well-formed XML', async () => {
    const { page } = await open('passed', 1280, 'light');
    for (const result of Object.values(results)) {
      const source = JSON.stringify(renderJUnit({ ...result, replay: `a "b" 'c' <d> & \u0007` }));
      const parse = `(() => { const xml = new DOMParser().parseFromString(${source}, 'application/xml');
        return [xml.querySelectorAll('parsererror').length, xml.querySelectorAll('testcase').length]; })()`;
      expect(await page.evaluate(parse)).toEqual([0, result.checks.length]);
    }
    await page.close();
  });
});

// What follows runs in the page, which has types of its own: so it is text here.

/** HTML elements that reach beyond the right edge of the window. */
const tooWide = `[...document.querySelectorAll('body *')]
  .filter((element) => element.closest('svg') === null && element.getBoundingClientRect().right > innerWidth + 1)
  .map((element) => element.tagName + '.' + element.className)`;

/** Texts below the contrast of WCAG AA (4.5 to 1), or smaller than 10 px. */
const hardToRead = `(() => {
  const rgb = (color) => color.match(/[\\d.]+/g).map(Number);
  const luminance = ([r, g, b]) => [r, g, b]
    .map((channel) => channel / 255)
    .map((channel) => (channel <= 0.03928 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4))
    .reduce((sum, channel, index) => sum + channel * [0.2126, 0.7152, 0.0722][index], 0);
  const ground = (element) => {
    for (let at = element; at !== null; at = at.parentElement) {
      const color = rgb(getComputedStyle(at).backgroundColor);
      if (color.length === 3 || color[3] === 1) return color;
    }
    return [255, 255, 255];
  };
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = new Set();
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement;
    if (texts.currentNode.textContent.trim() === '' || element.closest('svg, style') !== null || element.offsetParent === null) continue;
    const style = getComputedStyle(element);
    const [light, dark] = [luminance(rgb(style.color)), luminance(ground(element))].toSorted((a, b) => b - a);
    if ((light + 0.05) / (dark + 0.05) < 4.5 || parseFloat(style.fontSize) < 10) found.add(element.className + ': ' + texts.currentNode.textContent.trim());
  }
  return [...found];
})()`;
