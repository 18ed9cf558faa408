import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { ArchiveOutcome } from '../archive/scoreArchiveStudy';
import type { JobQueue } from '../queue/jobQueue';

/** Outcomes that the status page shows. */
const RECENT = 50;

export interface RecentOutcome {
  readonly at: string;
  readonly studyInstanceUID: string;
  readonly text: string;
}

/** What this process did, and what the queue holds, for Prometheus and for the status page. */
export class ServiceMetrics {
  readonly recent: RecentOutcome[] = [];
  private readonly registry = new Registry();
  private readonly outcomes = new Counter({
    name: 'deep_aspects_outcomes_total',
    help: 'Studies by outcome: scored, refused (by code), present (stored by another one), changed (has other images by now), failed (an attempt)',
    labelNames: ['outcome', 'code'] as const,
    registers: [this.registry],
  });
  private readonly seconds = new Histogram({
    name: 'deep_aspects_step_seconds',
    help: 'Time of each step of a study',
    labelNames: ['step'] as const,
    buckets: [0.25, 0.5, 1, 2, 4, 8, 15, 30, 60, 120],
    registers: [this.registry],
  });

  constructor(queue: Pick<JobQueue, 'counts'>) {
    new Gauge({
      name: 'deep_aspects_jobs',
      help: 'Jobs in the queue by state: queued, running, failed',
      labelNames: ['state'] as const,
      registers: [this.registry],
      async collect() {
        for (const [state, count] of Object.entries(await queue.counts())) {
          this.set({ state }, count);
        }
      },
    });
    new Gauge({
      name: 'deep_aspects_memory_bytes',
      help: 'Resident memory of this process, without its workers',
      registers: [this.registry],
      collect() {
        this.set(process.memoryUsage.rss());
      },
    });
  }

  record(studyInstanceUID: string, outcome: ArchiveOutcome): void {
    this.outcomes.inc({ outcome: outcome.kind, code: 'error' in outcome ? outcome.error.code : '' });
    if ('seconds' in outcome) {
      for (const [step, seconds] of Object.entries(outcome.seconds)) {
        this.seconds.observe({ step }, seconds);
      }
    }
    this.recent.unshift({ at: new Date().toISOString(), studyInstanceUID, text: outcomeText(outcome) });
    this.recent.splice(RECENT);
  }

  /** Prometheus text, and its content type. */
  async text(): Promise<{ body: string; contentType: string }> {
    return { body: await this.registry.metrics(), contentType: this.registry.contentType };
  }
}

function outcomeText(outcome: ArchiveOutcome): string {
  if (outcome.kind === 'scored') {
    return `ASPECTS ${outcome.result.score} (${outcome.result.affectedSide})`;
  }
  if (outcome.kind === 'present') {
    return 'was scored already';
  }
  return outcome.kind === 'changed' ? 'has other images by now' : `${outcome.kind}: ${outcome.error.code}`;
}
