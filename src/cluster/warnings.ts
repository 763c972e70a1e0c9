/**
 * The texts of a Warning header, as the API server writes it: `299 - "text", 299 - "more"` (RFC 7234 5.5; quoted-string
 * with backslash escapes). Other codes than 299 are not the API server's and left out, as client-go does.
 */
export function warningTexts(header: string | string[] | undefined): string[] {
  const bytes = Array.isArray(header) ? header.join(', ') : (header ?? '')
  // the server writes UTF-8, Node reads headers as Latin-1
  const joined = Buffer.from(bytes, 'latin1').toString('utf8')
  return [...joined.matchAll(/(\d{3}) (?:"[^"]*"|\S+) "((?:[^"\\]|\\.)*)"/g)]
    .filter(([, code]) => code === '299')
    .map(([, , quoted = '']) => quoted.replace(/\\(.)/g, '$1'))
}
