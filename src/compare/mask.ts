import type { DiffRow } from './rows.ts'

/** Names of env variables whose literal values are likely to be secrets. */
const secretName =
  /(^|_)(token|secret|passw(or)?d|passphrase|credentials?|api_?key|access_?key|private_?key|auth)(_|$)/i

/** Rows with the values of secret-like env variables hidden in a way that still shows whether the sides differ. */
export function maskSecrets(rows: readonly DiffRow[]): DiffRow[] {
  return rows.map((row) => {
    const name = /\]\.env\.(.*)$/.exec(row.path)?.[1]
    if (name === undefined || !secretName.test(name)) return row
    const differs = row.v1 !== undefined && row.v2 !== undefined && row.verdict === 'different'
    return {
      ...row,
      ...(row.v1 === undefined ? {} : { v1: hidden(row.v1, differs ? ' (v1)' : '') }),
      ...(row.v2 === undefined ? {} : { v2: hidden(row.v2, differs ? ' (v2)' : '') }),
    }
  })
}

/** References to Secrets are no secrets. */
function hidden(value: string, side: string): string {
  return value.startsWith('<secret ') || value.startsWith('<configMap ') ? value : `***${side}`
}
