/** The part of the package `diff` that is used; it brings no types of its own. */
declare module 'diff' {
  type Hunk = { oldStart: number; oldLines: number; newStart: number; newLines: number; lines: string[] }
  type Piece = { value: string; added?: boolean; removed?: boolean }
  export function structuredPatch(
    oldName: string,
    newName: string,
    before: string,
    after: string,
    oldHeader: string,
    newHeader: string,
    options: { context: number },
  ): { hunks: Hunk[] }
  export function diffWordsWithSpace(before: string, after: string): Piece[]
}
