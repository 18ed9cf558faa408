import { basename, dirname } from 'node:path';
import type { EvaluationReport } from '@deep-aspects/aspects/evaluation';
import { writeInFolder } from '../output/writeWhole';
import { isOfReaders, type PlotLink } from './markdownReport';
import { blandAltmanPlot, confusionPlot } from './plots/readingPlots';
import { rocPlot } from './plots/rocPlot';

/** Writes the plots as SVG next to the Markdown file, `<its name>-<plot>.svg`. */
export function writePlots(report: EvaluationReport, markdownPath: string): PlotLink[] {
  const stem = markdownPath.replace(/\.md$/i, '');
  return plotsOf(report).map(({ name, title, svg }) => {
    const file = `${basename(stem)}-${name}.svg`;
    writeInFolder(dirname(stem), file, svg);
    return { title, file };
  });
}

function plotsOf(report: EvaluationReport): { name: string; title: string; svg: string }[] {
  const ofReadings = report.comparisons
    .filter(comparison => comparison.cases > 0 && isOfReaders(comparison))
    .flatMap(comparison => {
      const slug = slugOf(`${comparison.tested}-${comparison.reference}`);
      const names = `${comparison.tested} and ${comparison.reference}`;
      const note = noteOf(report, comparison.simulated);
      return [
        {
          name: `bland-altman-${slug}`,
          title: `Bland-Altman: ${names}`,
          svg: blandAltmanPlot(comparison, note),
        },
        {
          name: `confusion-${slug}`,
          title: `Cases by score: ${names}`,
          svg: confusionPlot(comparison, note),
        },
      ];
    });
  const ofRegions = report.regions.flatMap(({ reference, roc }) =>
    roc
      ? [
          {
            name: `roc-${slugOf(reference)}`,
            title: `ROC of the overlap threshold: ${reference}`,
            svg: rocPlot(roc, reference, noteOf(report, false)),
          },
        ]
      : []
  );
  return [...ofReadings, ...ofRegions];
}

/** What no plot may be shown without. */
function noteOf({ dataSet }: EvaluationReport, simulatedReaders: boolean): string {
  return [
    dataSet.name,
    dataSet.synthetic ? 'synthetic images' : '',
    simulatedReaders ? 'simulated readers' : '',
  ]
    .filter(Boolean)
    .join(', ');
}

function slugOf(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}
