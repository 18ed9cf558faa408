/** Types of orthanc.mjs for the tests that are TypeScript. */
export function hasOrthanc(): boolean;

export function startOrthanc(): Promise<{
  readonly dicomWeb: string;
  load(folder: string): Promise<void>;
  stop(): Promise<void>;
}>;
