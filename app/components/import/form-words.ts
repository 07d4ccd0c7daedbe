/** Advice speaks of options of the command line; here they are fields of the page. */
const words: Array<[option: RegExp, words: string]> = [
  [/--map "?[\w.]+=(?:COLUMN|KEY)"?|--map "[^"]*"/g, 'the list beside the column'],
  [/--positive VALUE,? or map it with --label VALUE=LABEL/g, 'the list beside the value'],
  [/--label VALUE=LABEL|--positive(?: VALUE)?/g, 'the list beside the value'],
  [/--encoding, for example --encoding ([\w-]+)/g, 'the encoding under “It is read wrongly”, for example $1'],
  [/--encoding ([\w-]+)/g, 'the encoding $1 under “It is read wrongly”'],
  [/--encoding/g, 'the encoding under “It is read wrongly”'],
  [/--relax-quotes/g, '“Take quotation marks as they stand” under “It is read wrongly”'],
  [/--skip-invalid/g, '“Leave out rows with problems”'],
  [/--blank-is-no/g, '“An empty cell … means that the rule does not apply”'],
  [/ If one holds it, say so: .*$/g, ' If a column holds it, choose so in the list beside it.'],
  [/: name one with --sheet/g, ': choose one under “It is read wrongly”'],
  [/ Another limit is stated with --map and --positive "[^"]*"\./g, ' The limit can be changed below.'],
  [/--map/g, 'the lists beside the columns'],
]

export function sayForForm(advice: string): string {
  return words.reduce((text, [option, replacement]) => text.replace(option, replacement), advice)
}

/** How a file is read stands in the URL under these names. */
export const readingNames = ['format', 'encoding', 'delimiter', 'headerRow', 'sheet', 'relaxQuotes']
