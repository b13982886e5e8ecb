/** The live page in a real browser, served by the real health server: it is complete by itself, moves, fits wide and narrow windows, and shows texts as texts. */
import { existsSync, mkdirSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LiveView } from '../../telemetry/live-view.ts';
import { type HealthServer, startHealthServer } from '../health-server.ts';
import { freshView, HOSTILE, troubledView, wellView } from './sample-view.ts';

const chromiumPath = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';
const hasChromium = existsSync(chromiumPath);
const howToGetIt = `no Chromium at ${chromiumPath}: install it (Debian: apt-get install chromium) or set CHROMIUM_PATH`;
const isCi = process.env['CI'] === 'true';
if (!hasChromium && !isCi) process.stderr.write(`Left out the live page's browser tests: ${howToGetIt}.\n`);

it('has a browser to test with, wherever CI asks for one', () => {
  expect(hasChromium || !isCi ? 'there' : howToGetIt).toBe('there');
});

/** For looking at them: S3ES_SCREENSHOTS=folder. */
const screenshots = process.env['S3ES_SCREENSHOTS'];

const views: Readonly<Record<string, LiveView>> = { well: wellView(), troubled: troubledView(), fresh: freshView() };
const windows = [1280, 390].flatMap((width) => (['light', 'dark'] as const).map((scheme) => ({ width, scheme })));
const cases = Object.keys(views).flatMap((name) => windows.map((window) => ({ name, ...window })));

describe.skipIf(!hasChromium)('the live page in Chromium', () => {
  let browser: Browser;
  let server: HealthServer;
  let view: LiveView = wellView();

  beforeAll(async () => {
    server = await serve(0);
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
    await server.close();
  });

  async function serve(port: number): Promise<HealthServer> {
    return startHealthServer({
      host: '127.0.0.1',
      port,
      healthPath: '/health',
      report: () => ({ checks: {}, message: '', isReady: true }),
      metrics: async () => '',
      live: () => JSON.stringify(view),
    });
  }

  async function open(shown: LiveView, width: number, scheme: 'light' | 'dark') {
    view = shown;
    const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme: scheme });
    const requests: string[] = [];
    const complaints: string[] = [];
    page.on('request', (request) => requests.push(request.url()));
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(`http://127.0.0.1:${server.port}/`);
    await page.locator('.endpoints tbody tr').first().waitFor();
    return { page, requests, complaints };
  }

  async function valueOf(page: Page, name: string): Promise<string> {
    return page
      .locator('.tile', { has: page.getByRole('heading', { name, exact: true }) })
      .locator('.value')
      .innerText();
  }

  it.each(cases)(
    '$name, $width px, $scheme: asks only its own server, complains of nothing, overflows nowhere, can be read',
    async ({ name, width, scheme }) => {
      const { page, requests, complaints } = await open(views[name] ?? wellView(), width, scheme);
      if (screenshots !== undefined) {
        mkdirSync(screenshots, { recursive: true });
        await page.screenshot({ path: `${screenshots}/${name}-${width}-${scheme}.png`, fullPage: true });
      }
      const own = `http://127.0.0.1:${server.port}/`;
      expect(requests.filter((url) => url !== own && url !== `${own}live.json` && !url.startsWith('data:'))).toEqual(
        [],
      );
      expect(complaints).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
      expect(await page.evaluate(tooWide)).toEqual([]);
      expect(await page.evaluate(hardToRead)).toEqual([]);
      await page.close();
    },
  );

  it('overflows at no width between a small phone and a wide screen', async () => {
    const { page } = await open(troubledView(), 1280, 'light');
    for (const width of [320, 360, 480, 600, 719, 721, 768, 900, 959, 961, 1100, 1920]) {
      await page.setViewportSize({ width, height: 900 });
      expect.soft({ width, wide: await page.evaluate(tooWide) }).toEqual({ width, wide: [] });
    }
    await page.close();
  });

  it('shows the panels of the documented dashboard, with its figures', async () => {
    const { page } = await open(wellView(), 1280, 'light');
    expect(await page.locator('#setup').innerText()).toContain('15 S3 workers');
    expect(await page.locator('#setup').innerText()).toContain('10 HTTP workers over 2 endpoints');
    expect(await page.locator('#setup').innerText()).toContain('target lag < 60 s');
    expect(await valueOf(page, 'Files processed')).toBe('315.34K');
    expect(await valueOf(page, 'Bytes processed')).toBe('2.88 TB');
    expect(await valueOf(page, 'Time per file')).toBe('60.0 ms');
    expect(await valueOf(page, 'Processing lag')).toMatch(/^\d{3} ms$/);
    expect(await valueOf(page, 'File errors')).toBe('0');
    expect(await valueOf(page, 'HTTP errors')).toBe('0');
    const titles = await page.locator('.chart strong').allInnerTexts();
    expect(titles).toEqual(['S3 files processed', 'Batches sent', 'Bytes sent', 'Processing lag']);
    // An hour in minutes.
    expect(await page.locator('.chart').first().locator('.bar').count()).toBeGreaterThanOrEqual(60);
    expect(await page.locator('#state').innerText()).toBe('ready');
    await page.close();
  });

  it('says which endpoint is down, why, and what else went wrong', async () => {
    const { page } = await open(troubledView(), 1280, 'light');
    const row = page.locator('.endpoints tbody tr').nth(1);
    const texts = [
      'http://localhost:8081',
      'left alone',
      '1,234 5xx, 1,234 no connection',
      'ECONNREFUSED',
      '42.0 s ago',
    ];
    for (const text of texts) expect(await row.innerText()).toContain(text);
    expect(await page.locator('#message').innerText()).toContain('1 of 2 endpoints left alone: http://localhost:8081');
    expect(await page.locator('.troubles li').first().innerText()).toContain('gzip-corrupt');
    expect(await page.locator('.troubles').innerText()).toContain('× 1,234');
    expect(await page.locator('#quarantine').innerText()).toContain('1 × gzip-corrupt');
    await page.close();
  });

  it('shows what comes from outside as text, never as markup', async () => {
    const { page } = await open(troubledView(), 1280, 'light');
    expect(await page.locator('.troubles').innerText()).toContain(HOSTILE);
    expect(await page.locator('#setup').innerText()).toContain(HOSTILE);
    expect(await page.locator('img, b').count()).toBe(0);
    expect(await page.title()).toBe('ready · S3 to EdgeDelta streamer');
    await page.close();
  });

  it('lives: new figures appear by themselves', async () => {
    const { page } = await open(wellView(), 1280, 'light');
    const later = wellView();
    view = { ...later, totals: { ...later.totals, files: 400_000 } };
    await expect.poll(async () => valueOf(page, 'Files processed'), { timeout: 5_000 }).toBe('400.00K');
    await page.close();
  });

  it('says so when the streamer no longer answers, and goes on when it is back', async () => {
    const { page } = await open(wellView(), 1280, 'light');
    const { port } = server;
    await server.close();
    await expect.poll(async () => page.locator('#state').innerText(), { timeout: 8_000 }).toBe('no answer');
    expect(await page.locator('#message').innerText()).toContain('does not answer since');
    server = await serve(port);
    await expect.poll(async () => page.locator('#state').innerText(), { timeout: 8_000 }).toBe('ready');
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
    if (texts.currentNode.textContent.trim() === '' || element.closest('svg, style, script') !== null || element.offsetParent === null) continue;
    const style = getComputedStyle(element);
    const [light, dark] = [luminance(rgb(style.color)), luminance(ground(element))].toSorted((a, b) => b - a);
    if ((light + 0.05) / (dark + 0.05) < 4.5 || parseFloat(style.fontSize) < 10) found.add(element.className + ': ' + texts.currentNode.textContent.trim());
  }
  return [...found];
})()`;
