import type { ReactElement } from 'react';
import type { OutcomeCells } from './outcomeCells';
import { outcomeText } from './renderOutcome';
import { urgencyOrder } from './studyOutcome';

const COLUMN_ID = 'aspects';
/** The host's last column holds the row's menu. */
const LAST_COLUMN_ID = 'actions';

/** A row of the host's list. */
interface StudyRow {
  readonly studyInstanceUid: string;
  readonly modalities?: string;
}

interface TableRow {
  readonly original: StudyRow;
}

interface Table {
  setSorting(update: (sorting: readonly { id: string }[]) => readonly { id: string }[]): void;
  getState(): { readonly sorting?: readonly { readonly id: string }[] };
}

/** The part of a TanStack column that is used of the host's and given for ours. */
export interface WorklistColumn {
  readonly id?: string;
  readonly header?: unknown;
  readonly accessorFn?: (row: StudyRow) => unknown;
  readonly sortingFn?: (a: TableRow, b: TableRow) => number;
  readonly filterFn?: (row: TableRow, columnId: string, wanted: unknown) => boolean;
  readonly sortDescFirst?: boolean;
  readonly cell?: (context: { readonly row: TableRow; readonly table: Table }) => ReactElement | null;
  readonly meta?: Readonly<Record<string, unknown>>;
}

/**
 * The host's columns with ours before the last one; whatever else the value is, it is left alone
 * (OHIF before 3.13).
 */
export function withOutcomeColumn(columns: unknown, cells: OutcomeCells): unknown {
  if (!Array.isArray(columns) || columns.some((column: WorklistColumn) => column?.id === COLUMN_ID)) {
    return columns;
  }
  const list = columns as readonly WorklistColumn[];
  const last = list.findIndex(({ id }) => id === LAST_COLUMN_ID);
  const at = last < 0 ? list.length : last;
  return [...list.slice(0, at), outcomeColumn(cells, list[0]?.header), ...list.slice(at)];
}

function outcomeColumn(cells: OutcomeCells, header: unknown): WorklistColumn {
  const { outcomes } = cells;
  const outcomeOf = ({ original }: TableRow) => {
    // Without a report there is nothing to ask for: a list of thousands is sorted by asking for the few
    // that have one.
    if (original.modalities?.includes('SR')) {
      outcomes.wantForSorting(original.studyInstanceUid);
    }
    return outcomes.known(original.studyInstanceUid);
  };
  return {
    id: COLUMN_ID,
    header,
    accessorFn: row => urgencyOrder(outcomes.known(row.studyInstanceUid)),
    sortingFn: (a, b) => urgencyOrder(outcomeOf(a)) - urgencyOrder(outcomeOf(b)),
    filterFn: (row, _columnId, wanted) =>
      outcomeText(outcomeOf(row)).toLowerCase().includes(String(wanted).trim().toLowerCase()),
    sortDescFirst: false,
    cell: ({ row, table }) => {
      const isSorted = table.getState().sorting?.some(({ id }) => id === COLUMN_ID);
      // A new array with the same content: the table sorts anew.
      cells.sortAgain = isSorted ? () => table.setSorting(sorting => [...sorting]) : undefined;
      const uid = row.original.studyInstanceUid;
      return <div className="truncate" data-cy={`aspects-worklist-${uid}`} ref={cells.referenceOf(uid)} />;
    },
    meta: { label: 'ASPECTS', minWidth: 110, priority: 90 },
  };
}
