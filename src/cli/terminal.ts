type Variables = Readonly<Record<string, string | undefined>>

export interface Stream {
  readonly isTTY?: boolean
  readonly columns?: number
}

export interface Look {
  readonly isTTY: boolean
  readonly columns: number
  readonly color: boolean
  readonly unicode: boolean
}

/** How to lay out for a stream: its width, colour and glyphs, from the terminal and the environment. */
export function lookOf(stream: Stream, variables: Variables, platform: string): Look {
  const isTTY = stream.isTTY === true
  return {
    isTTY,
    columns: columnsOf(stream, variables),
    color: wantsColor(isTTY, variables),
    unicode: speaksUnicode(variables, platform),
  }
}

/** The terminal's own width; COLUMNS where there is no terminal; else 80. */
function columnsOf(stream: Stream, variables: Variables): number {
  if (stream.columns !== undefined && stream.columns > 0) return stream.columns
  const told = Number(variables['COLUMNS'])
  return Number.isInteger(told) && told > 0 ? told : 80
}

/** NO_COLOR (no-color.org) says no before anything says yes; FORCE_COLOR and CLICOLOR_FORCE (bixense.com/clicolors) say yes without a terminal. */
function wantsColor(isTTY: boolean, variables: Variables): boolean {
  if ((variables['NO_COLOR'] ?? '') !== '') return false
  const force = variables['FORCE_COLOR'] ?? variables['CLICOLOR_FORCE']
  if (force !== undefined && force !== '') return force !== '0' && force !== 'false'
  return isTTY && variables['TERM'] !== 'dumb' && variables['CLICOLOR'] !== '0'
}

/** The locale of characters: LC_ALL, else LC_CTYPE, else LANG (POSIX 8.2). Windows consoles of today speak UTF-8. */
function speaksUnicode(variables: Variables, platform: string): boolean {
  if (variables['TERM'] === 'linux') return false
  const locale = [variables['LC_ALL'], variables['LC_CTYPE'], variables['LANG']].find((value) => (value ?? '') !== '')
  return locale === undefined ? platform === 'win32' : /utf-?8/i.test(locale)
}

/** What a stream gets of a text: words everywhere, and screens on a terminal, in ASCII where it knows nothing else; data stays as it is. */
export function asShown(text: string, { unicode, isTTY }: Pick<Look, 'unicode' | 'isTTY'>, areWords: boolean): string {
  return unicode || !(areWords || isTTY) ? text : plainSigns(text)
}

const signs: Readonly<Record<string, string>> = { '‘': "'", '’': "'", '“': '"', '”': '"', '…': '...', '–': '-' }

/** Words for a terminal that has no more than ASCII: typographic signs as typewriters have them. */
export function plainSigns(text: string): string {
  return text.replace(/[‘’“”…–]/g, (sign) => signs[sign] ?? sign)
}
