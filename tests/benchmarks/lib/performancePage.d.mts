import type { BenchmarkReport } from './comparison.mjs';

export function performanceTable(report: BenchmarkReport): string;
export function withTable(page: string, text: string): string;
