import { beforeEach, describe, expect, test } from 'vitest';
import { type CancellationToken, CancellationTokenSource, EventEmitter, window } from 'vscode';
import type { Query, Summary } from '../../shared/capture';
import type { Shown } from '../../shared/protocol';
import type { CaptureService } from '../language/captureService';
import { sinceTitle } from './comparison';
import { ReadingNotice } from './readingNotice';
import { captureTitle, ShownCapture } from './shownCapture';

/** A server that opens what is in `readable`, when it is let. */
class FakeService implements CaptureService {
  readonly readable = new Set(['/a', '/b']);
  readonly openPaths: string[] = [];
  /** Captures of sums alone: a part of the run is refused. */
  readonly aggregates = new Set<string>();
  /** When captures were recorded; others at 14:32. */
  readonly hours = new Map<string, number>();
  shown: Shown | null = null;
  hold: Promise<void> | null = null;
  /** The next reading of what is compared with ends by being cancelled alone. */
  endless = false;
  private readonly restarted = new EventEmitter<void>();
  readonly onDidRestart = this.restarted.event;

  async open(path: string): Promise<Summary> {
    await this.hold;
    if (!this.readable.has(path)) throw new Error(`There is no file ${path}.`);
    if (!this.openPaths.includes(path)) this.openPaths.push(path);
    const start_time_ms = new Date(2026, 0, 1, this.hours.get(path) ?? 14, 32).getTime();
    return { start_time_ms, aggregate: this.aggregates.has(path) } as Summary;
  }
  async summarize(): Promise<never> {
    throw new Error('not asked here');
  }

  async close(path: string): Promise<void> {
    this.openPaths.splice(this.openPaths.indexOf(path), 1);
  }
  async show(shown: Shown): Promise<void> {
    this.shown = shown;
  }
  async query(path: string, query: Query, token?: CancellationToken): Promise<never> {
    const asked = query.query === 'in_base' ? query.base : path;
    const { scope } = (query.query === 'in_base' ? query.question : query) as { scope?: unknown };
    if (scope && this.aggregates.has(asked)) throw new Error('This capture is an aggregate.');
    if (query.query === 'in_base') {
      if (this.endless) {
        this.endless = false;
        const cancelled = Object.assign(new Error('Canceled'), { name: 'Canceled' });
        await new Promise<never>((_, reject) => token?.onCancellationRequested(() => reject(cancelled)));
      }
      if (!this.readable.has(query.base)) throw new Error(`There is no file ${query.base}.`);
      const start_time_ms = new Date(2026, 0, 1, this.hours.get(query.base) ?? 14, 32).getTime();
      return { start_time_ms, scope: query.question.scope } as never;
    }
    return { scope: query.scope } as never;
  }
  async search(): Promise<never> {
    throw new Error('not asked here');
  }
  async annotate(): Promise<null> {
    return null;
  }
  async locate(_path: string, _file: string, _uri: string, line: number): Promise<number> {
    return line;
  }
  restart(): void {
    this.openPaths.length = 0;
    this.shown = null;
    this.restarted.fire();
  }
}

const running = new AbortController().signal;
let service: FakeService;
let shown: ShownCapture;
let failures: string[];
let changes: number;

beforeEach(() => {
  service = new FakeService();
  failures = [];
  changes = 0;
  const settings = { units: 'si', lineThreshold: 1, codeLens: true, pathMappings: [] } as const;
  shown = new ShownCapture(service, new ReadingNotice(), (error) => failures.push(String(error)), settings);
  shown.onDidChange(() => changes++);
});

/** Resolves after the next change that the condition holds for. */
function until(condition: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const listener = shown.onDidChange(() => {
      if (!condition()) return;
      listener.dispose();
      resolve();
    });
  });
}

test('nothing is shown at first, and the server is not bothered with settings', async () => {
  await shown.setMeasure('total');
  expect(shown.current).toBeNull();
  expect(service.shown).toBeNull();
});

describe('opening a capture', () => {
  test('shows it, titled by the hour it was started', async () => {
    expect(await shown.open('/a')).toMatchObject({ path: '/a', title: '14:32' });
    expect(shown.current?.path).toBe('/a');
    expect(service.shown).toMatchObject({ path: '/a', measure: 'peak', attribution: 'yours', title: '14:32' });
  });

  test('tells that it is being read until it is', async () => {
    const opened = shown.open('/a');
    expect(shown.reading).toBe('/a');
    await opened;
    expect(shown.reading).toBeNull();
  });

  test('closes the one before', async () => {
    await shown.open('/a');
    await shown.open('/b');
    expect(service.openPaths).toEqual(['/b']);
  });

  test('that fails says why and leaves what is shown', async () => {
    await shown.open('/a');
    expect(await shown.open('/missing')).toBeNull();
    expect(failures).toEqual(['Error: There is no file /missing.']);
    expect(shown.current?.path).toBe('/a');
    expect(shown.reading).toBeNull();
  });

  test('that the user cancelled says nothing', async () => {
    service.hold = Promise.reject(Object.assign(new Error('cancelled'), { code: -32800 }));
    expect(await shown.open('/a')).toBeNull();
    expect(failures).toEqual([]);
  });

  test('gives way to a later one, whichever is read first', async () => {
    let release = () => {};
    service.hold = new Promise((resolve) => {
      release = resolve;
    });
    const first = shown.open('/a');
    service.hold = null;
    await shown.open('/b');
    release();
    expect(await first).toBeNull();
    expect(shown.current?.path).toBe('/b');
    expect(service.openPaths).toEqual(['/b']);
  });
});

describe('figures that were cleared', () => {
  beforeEach(async () => {
    await shown.open('/a');
    await shown.clear();
  });

  test('are gone, but the capture is known', () => {
    expect(shown.current).toBeNull();
    expect(shown.last?.path).toBe('/a');
    expect(service.shown?.path).toBeNull();
  });

  test('come back when they are shown again', async () => {
    expect(await shown.showAgain()).toBe(true);
    expect(service.shown?.path).toBe('/a');
  });
});

test('without a capture there is nothing to show again', async () => {
  expect(await shown.showAgain()).toBe(false);
});

test('a measure, an attribution and settings reach the server and everybody who listens', async () => {
  await shown.open('/a');
  changes = 0;
  await shown.setMeasure('unfreed');
  await shown.setAttribution('own');
  await shown.setSettings({ units: 'iec', lineThreshold: 5, codeLens: false, pathMappings: [] });
  expect(service.shown).toMatchObject({ measure: 'unfreed', attribution: 'own', units: 'iec', lineThreshold: 5 });
  expect(changes).toBe(3);
});

describe('after the server died and another took its place', () => {
  test('the capture is opened and shown again', async () => {
    await shown.open('/a');
    const back = until(() => service.shown?.path === '/a');
    service.restart();
    await back;
    expect(service.openPaths).toEqual(['/a']);
    expect(shown.current?.path).toBe('/a');
  });

  test('cleared figures stay cleared', async () => {
    await shown.open('/a');
    await shown.clear();
    const back = until(() => service.shown !== null && service.shown.path === null);
    service.restart();
    await back;
    expect(shown.last?.path).toBe('/a');
  });

  test('a capture that cannot be opened any more is not shown', async () => {
    await shown.open('/a');
    service.readable.clear();
    const failed = until(() => shown.reading === null && shown.last === null);
    service.restart();
    await failed;
    expect(failures).toEqual(['Error: There is no file /a.']);
  });
});

test('a question without a capture is answered with what to do', async () => {
  await expect(shown.query({ query: 'summary' })).rejects.toThrow('Profile a file or open a capture first.');
});

test('a title has two digits for hours and minutes', () => {
  expect(captureTitle({ start_time_ms: new Date(2026, 0, 1, 9, 5).getTime() })).toBe('09:05');
});

describe('a program that runs', () => {
  test('is shown as soon as it can be read, by what is there now', async () => {
    await shown.open('/b');
    await shown.follow('/a', true, running);
    expect(shown.current).toMatchObject({ path: '/a', live: true });
    expect(service.shown).toMatchObject({ path: '/a', live: true, measure: 'unfreed' });
  });

  test('does not take the place of what was opened meanwhile', async () => {
    await shown.follow('/a', true, running);
    await shown.open('/b');
    await shown.follow('/a', false, running);
    expect(shown.current?.path).toBe('/b');
  });

  test('leaves no figures when they were cleared', async () => {
    await shown.follow('/a', true, running);
    await shown.clear();
    await shown.follow('/a', false, running);
    expect(shown.current).toBeNull();
  });

  test('is shown by the measure of before when it has ended, or by the one that was chosen meanwhile', async () => {
    await shown.follow('/a', true, running);
    await shown.open('/a');
    expect(shown.measure).toBe('peak');
    await shown.follow('/a', true, running);
    await shown.setMeasure('total');
    expect(shown.measure).toBe('total');
    await shown.open('/a');
    expect(shown.measure).toBe('total');
  });

  test('runs until it has ended, whatever is shown then', async () => {
    await shown.follow('/a', true, running);
    await shown.open('/b');
    expect(shown.isRunning('/a')).toBe(true);
    shown.ended('/a');
    expect(shown.isRunning('/a')).toBe(false);
  });

  test('has ended also for a reading that comes back later', async () => {
    const ending = new AbortController();
    await shown.follow('/a', true, ending.signal);
    let release = () => {};
    service.hold = new Promise((resolve) => {
      release = resolve;
    });
    const late = shown.follow('/a', false, ending.signal);
    ending.abort();
    shown.ended('/a');
    service.hold = null;
    await shown.open('/a');
    release();
    await late;
    expect(shown.isRunning('/a')).toBe(false);
    expect(shown.current?.live).toBe(false);
  });

  test('can be marked: figures are of what comes after that', async () => {
    await shown.follow('/a', true, running);
    expect(await shown.mark(new Date(2026, 0, 1, 14, 32).getTime() + 4200)).toBe(true);
    expect(shown.marks).toEqual([4.2]);
    expect(shown.totals).toEqual({ scope: { from_s: 4.2 } });
    expect(service.shown?.scope).toEqual({ from_s: 4.2 });
  });

  test('can not be marked when it has ended', async () => {
    await shown.open('/a');
    expect(await shown.mark()).toBe(false);
  });
});

test('a range ends with another capture', async () => {
  await shown.open('/a');
  await shown.setRange({ from_s: 1, to_s: 2 });
  await shown.open('/a');
  expect(shown.range).toEqual({ from_s: 1, to_s: 2 });
  await shown.open('/b');
  expect(shown.range).toBeNull();
  expect(service.shown?.scope).toBeNull();
});

describe('a capture of sums alone', () => {
  const refusal =
    'Error: This capture keeps sums of the whole run alone: there are no marks, and no part of it can be chosen.';

  test('has no ranges, and says so', async () => {
    service.aggregates.add('/a');
    await shown.open('/a');
    changes = 0;
    await shown.setRange({ from_s: 2.9, to_s: 5.6 });
    expect(failures).toEqual([refusal]);
    expect(shown.range).toBeNull();
    expect(service.shown?.scope).toBeNull();
    expect(changes).toBe(1);
  });

  test('has no marks, and is followed on', async () => {
    service.aggregates.add('/a');
    await shown.follow('/a', true, running);
    await expect(shown.mark()).rejects.toThrow('there are no marks');
    expect(shown.marks).toEqual([]);
    await shown.follow('/a', false, running);
    expect(shown.current?.live).toBe(true);
  });

  test('that is compared with leaves the range of before, and its figures', async () => {
    service.hours.set('/a', 12);
    await shown.open('/b');
    await shown.compareWith('/a');
    await shown.setRange({ from_s: 1 });
    service.aggregates.add('/a');
    await shown.setRange({ from_s: 2 });
    expect(failures).toEqual(['Error: This capture is an aggregate.']);
    expect(shown.range).toEqual({ from_s: 1 });
    expect(shown.totals).toEqual({ scope: { from_s: 1 } });
    expect(shown.baseTotals).toMatchObject({ scope: { from_s: 1 } });
    expect(service.shown?.scope).toEqual({ from_s: 1 });
  });
});

test('a capture is looked at as before the window was reloaded', async () => {
  service.hours.set('/a', 12);
  const range = { from_s: 2.9, to_s: 5.6 };
  const look = {
    measure: 'total',
    attribution: 'own',
    range,
    region: 'index',
    base: '/a',
    marks: [2.9],
    hidden: ['file:///one.py'],
    visible: true,
  } as const;
  await shown.openAs('/b', look);
  const scope = { ...range, regions: ['index'] };
  const base = { path: '/a', title: '12:32' };
  expect(service.shown).toMatchObject({ path: '/b', measure: 'total', attribution: 'own', scope, base });
  expect(service.shown?.hidden).toEqual(['file:///one.py']);
  expect(shown).toMatchObject({ totals: { scope }, baseTotals: { scope } });
  expect(shown.look).toEqual(look);
});

test('figures that were taken away do not come back with the window', async () => {
  await shown.open('/a');
  await shown.clear();
  const { look } = shown;
  await shown.openAs('/a', look);
  expect(shown.current).toBeNull();
  expect(shown.last?.path).toBe('/a');
});

describe('a region', () => {
  test('is what all figures are of, within the range too', async () => {
    await shown.open('/a');
    await shown.setRegion('index');
    expect(service.shown?.scope).toEqual({ regions: ['index'] });
    await shown.setRange({ from_s: 1 });
    expect(shown.totals).toEqual({ scope: { from_s: 1, regions: ['index'] } });
    await shown.setRegion(null);
    expect(service.shown?.scope).toEqual({ from_s: 1 });
  });

  test('is left with the capture that has it', async () => {
    await shown.open('/a');
    await shown.setRegion('index');
    await shown.open('/b');
    expect(shown.region).toBeNull();
    expect(service.shown?.scope).toBeNull();
  });
});

test('an earlier capture is told from a later one by its hour, its second or its day', () => {
  const at = (day: number, hour: number, second = 0) => ({
    start_time_ms: new Date(2026, 10, day, hour, 21, second).getTime(),
  });
  expect(sinceTitle(at(21, 14), at(21, 15))).toBe('14:21');
  expect(sinceTitle(at(21, 14, 7), at(21, 14, 40))).toBe('14:21:07');
  expect(sinceTitle(at(21, 14), at(22, 14))).toBe('21 Nov 14:21');
});

describe('two captures', () => {
  beforeEach(async () => {
    service.hours.set('/a', 12);
    await shown.open('/b');
  });

  test('are compared: the later is shown, and everything tells what changed since the earlier', async () => {
    expect(await shown.compareWith('/a')).toBe(true);
    expect(shown.current?.path).toBe('/b');
    expect(service.shown?.base).toEqual({ path: '/a', title: '12:32' });
  });

  test('are so whichever of them was shown before', async () => {
    await shown.open('/a');
    expect(await shown.compareWith('/b')).toBe(true);
    expect(shown.current?.path).toBe('/b');
    expect(service.shown?.base).toEqual({ path: '/a', title: '12:32' });
  });

  test('are in the same range', async () => {
    await shown.compareWith('/a');
    await shown.setRange({ from_s: 1 });
    expect(shown.baseTotals).toMatchObject({ scope: { from_s: 1 } });
  });

  test('are compared no longer when asked so, or when another is opened', async () => {
    await shown.compareWith('/a');
    await shown.stopComparing();
    expect(service.shown).toMatchObject({ path: '/b', base: null });
    await shown.compareWith('/a');
    await shown.open('/a');
    expect(shown.base).toBeNull();
  });

  test('are compared again by a new server', async () => {
    await shown.compareWith('/a');
    service.restart();
    await until(() => service.shown?.base !== null);
    expect(service.shown).toMatchObject({ path: '/b', base: { path: '/a' } });
  });

  test('stay as they are when the reading of the other one is cancelled', async () => {
    Object.assign(window, {
      withProgress: (_: unknown, task: (report: unknown, token: CancellationToken) => Promise<void>) => {
        const source = new CancellationTokenSource();
        const done = task(null, source.token);
        source.cancel();
        return done;
      },
    });
    const notice = new ReadingNotice(0);
    const impatient = new ShownCapture(service, notice, (error) => failures.push(String(error)), shown.settings);
    await impatient.open('/b');
    service.endless = true;
    expect(await impatient.compareWith('/a')).toBe(false);
    expect(impatient).toMatchObject({ base: null, current: { path: '/b' } });
    expect(await impatient.compareWith('/a')).toBe(true);
    service.endless = true;
    service.readable.add('/c');
    expect(await impatient.compareWith('/c')).toBe(false);
    expect(impatient.base?.path).toBe('/a');
    service.endless = true;
    await impatient.setRange({ from_s: 1 });
    expect(impatient.range).toBeNull();
    expect(failures).toEqual([]);
  });

  test('that can not be compared are told about', async () => {
    expect(await shown.compareWith('/missing')).toBe(false);
    expect(await shown.compareWith('/b')).toBe(false);
    expect(failures).toEqual([
      'Error: There is no file /missing.',
      'Error: This capture is the one that is shown. Choose another to compare it with.',
    ]);
    expect(shown.base).toBeNull();
  });
});

test('one document can be without figures', async () => {
  await shown.open('/a');
  await shown.toggleDocument('file:///x.py');
  expect(service.shown?.hidden).toEqual(['file:///x.py']);
  await shown.toggleDocument('file:///x.py');
  expect(service.shown?.hidden).toEqual([]);
});
