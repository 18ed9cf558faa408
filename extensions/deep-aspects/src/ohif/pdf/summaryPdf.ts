import { PDFDocument, type PDFFont, type PDFPage, StandardFonts } from '@cantoo/pdf-lib';
import type { SummaryPage } from '@deep-aspects/aspects/report';

// Entry of a file of its own, which is loaded when somebody asks for a PDF: see loadSummaryPdf.

/** A page as pixels with its words drawn, and the words once more as text. */
export interface PdfPage {
  readonly png: Uint8Array;
  readonly widthPx: number;
  readonly page: SummaryPage;
}

export interface PdfInfo {
  readonly title: string;
  readonly creator: string;
  /** ISO 8601. */
  readonly createdAt: string;
}

/** A4 upright, points; margins of 10 mm. */
const PAGE = { width: 595.28, height: 841.89 };
const MARGIN = 28.35;

/**
 * The pages as a PDF. Words are pixels, so that names of any script are right, and lie over them as text that
 * is not seen but found and copied; there, letters outside Latin-1 are question marks.
 */
export async function summaryPdf(pages: readonly PdfPage[], info: PdfInfo): Promise<Uint8Array> {
  const pdf = await PDFDocument.create();
  pdf.setTitle(info.title);
  pdf.setCreator(info.creator);
  pdf.setProducer(info.creator);
  pdf.setCreationDate(new Date(info.createdAt));
  pdf.setModificationDate(new Date(info.createdAt));
  const font = await pdf.embedFont(StandardFonts.Helvetica);
  for (const { png, widthPx, page } of pages) {
    const image = await pdf.embedPng(png);
    const scale = Math.min((PAGE.width - 2 * MARGIN) / widthPx, (PAGE.height - 2 * MARGIN) / page.height);
    const paper = pdf.addPage([PAGE.width, PAGE.height]);
    paper.drawImage(image, {
      x: MARGIN,
      y: PAGE.height - MARGIN - page.height * scale,
      width: widthPx * scale,
      height: page.height * scale,
    });
    drawWords(paper, font, page, scale);
  }
  return pdf.save();
}

/** What part of a line lies left of the point that it is aligned to. */
const PART_BEFORE = { left: 0, center: 0.5, right: 1 } as const;

function drawWords(paper: PDFPage, font: PDFFont, page: SummaryPage, scale: number): void {
  const known = new Set(font.getCharacterSet());
  const encodable = (text: string) =>
    Array.from(text.replace(/\u2212/g, '-'), letter =>
      known.has(letter.codePointAt(0) ?? 0) ? letter : '?'
    ).join('');
  for (const { text, x, y, sizePx, align } of page.captions) {
    const words = encodable(text);
    const size = sizePx * scale;
    const width = font.widthOfTextAtSize(words, size);
    paper.drawText(words, {
      x: MARGIN + x * scale - PART_BEFORE[align] * width,
      y: PAGE.height - MARGIN - (y + sizePx) * scale,
      size,
      font,
      opacity: 0,
    });
  }
}
