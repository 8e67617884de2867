import type { Scope, Summary } from '../../shared/capture';
import type { Baseline } from '../../shared/protocol';
import { formatTimeOfDay } from '../../shared/units';
import type { CaptureService } from '../language/captureService';
import type { ReadingNotice } from './readingNotice';

interface Side {
  path: string;
  summary: Summary;
}

/** What the shown capture is compared with: an earlier one, which the server keeps beside it. */
export class Comparison {
  private baseNow: Baseline | null = null;
  private totalsNow: Summary | null = null;
  private asked = 0;

  constructor(
    private readonly service: CaptureService,
    private readonly notice: ReadingNotice,
  ) {}

  /** Null when the shown capture stands alone. */
  get base(): Baseline | null {
    return this.baseNow;
  }

  /** Figures of all memory in the range; null while nothing is compared. */
  get totals(): Summary | null {
    return this.totalsNow;
  }

  /** Reads the capture at the path, with a notice that can cancel it, and tells which of the two ran first. */
  async inOrder(shown: Side, path: string): Promise<{ earlier: Side; later: Side }> {
    const question = { query: 'summary' } as const;
    const summary = await this.notice.during(path, (_, token) =>
      this.service.query(shown.path, { query: 'in_base', base: path, question }, token),
    );
    const other = { path, summary: summary as Summary };
    return other.summary.start_time_ms > shown.summary.start_time_ms
      ? { earlier: shown, later: other }
      : { earlier: other, later: shown };
  }

  /** From now on `later` is shown, and compared with `earlier`. Nothing is when the reading fails or is cancelled. */
  async begin(earlier: Side, later: Side, scope: Scope | null): Promise<void> {
    this.baseNow = { path: earlier.path, title: sinceTitle(earlier.summary, later.summary) };
    try {
      await this.readTotals(later.path, scope);
    } catch (error) {
      this.end();
      throw error;
    }
  }

  end(): void {
    this.asked++;
    this.baseNow = null;
    this.totalsNow = null;
  }

  /** Of several at once, the last one counts. */
  async readTotals(shown: string, scope: Scope | null): Promise<void> {
    const base = this.baseNow?.path;
    if (base === undefined) return;
    const asked = ++this.asked;
    const question = { query: 'summary', scope } as const;
    const totals = await this.notice.during(base, (_, token) =>
      this.service.query(shown, { query: 'in_base', base, question }, token),
    );
    if (asked === this.asked) this.totalsNow = totals as Summary;
  }
}

/** When an earlier capture was started, told from a later one: "14:21", "14:21:07" of the same minute, "21 Nov 14:21". */
export function sinceTitle(before: Pick<Summary, 'start_time_ms'>, now: Pick<Summary, 'start_time_ms'>): string {
  const start = new Date(before.start_time_ms);
  const hour = formatTimeOfDay(before.start_time_ms);
  if (start.toDateString() === new Date(now.start_time_ms).toDateString()) {
    const sameMinute = hour === formatTimeOfDay(now.start_time_ms);
    return sameMinute ? `${hour}:${String(start.getSeconds()).padStart(2, '0')}` : hour;
  }
  return `${start.getDate()} ${start.toLocaleDateString('en', { month: 'short' })} ${hour}`;
}
