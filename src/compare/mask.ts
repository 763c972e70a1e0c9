import type { DiffRow } from './rows.ts'

/** Names of env variables whose literal values are likely to be secrets: a word of the name says so, or its end (`PGPASSWORD`). */
const secretName =
  /(^|_)(token|secret|passw(or)?d|passphrase|credentials?|api_?key|access_?key|private_?key|account_?key|ssh_?key|auth|dsn|connection_?string)(_|$)|(password|passwd|secret|apikey|_pwd)$/i
/** `--api-key=s`, `--hf-token s`, also as two words of a list; `--tokenizer` and `--max-tokens` are none. */
const secretFlag =
  /(--?(?:[\w-]{0,40}[-_])?(?:token|secret|password|passwd|passphrase|credentials?|api[-_]?key|access[-_]?key|secret[-_]?key)(?:=|\s+|",\s*"))([^\s"$][^\s"]*)/gi
/** `postgres://user:s@host` */
const urlPassword = /(\w:\/\/[^\s/:@"]*:)([^\s/@"$][^\s/@"]*)(?=@)/g
/** `export HF_TOKEN=s` inside a script */
const assignment = /\b([A-Za-z_]\w*)=((?:\\?["'])?)([^\s"'$\\][^\s"'\\]*)/g

/**
 * Rows with likely secrets hidden in a way that still shows whether the sides differ: values of variables whose names say so, passwords in
 * addresses, and what secret-like flags and assignments of a command are given. References (`$HF_TOKEN`, a Secret's key) are no secrets.
 */
export function maskSecrets(rows: readonly DiffRow[]): DiffRow[] {
  return rows.map((row) => {
    const name = /\]\.env\.(.*)$/.exec(row.path)?.[1]
    if (name !== undefined && secretName.test(name)) return withSides(row, hidden)
    const isText = name !== undefined || /\]\.(?:command|args)(?:\[|$)/.test(row.path)
    return isText ? withSides(row, withoutSecrets) : row
  })
}

/** Both values hidden; told apart by their sides where they differ and would look the same. */
function withSides(row: DiffRow, hide: (value: string) => string): DiffRow {
  const [v1, v2] = [row.v1, row.v2].map((value) => value && hide(value))
  const alike = v1 !== undefined && v1 === v2 && row.v1 !== row.v2 && row.verdict === 'different'
  return {
    ...row,
    ...(v1 === undefined ? {} : { v1: alike ? `${v1} (v1)` : v1 }),
    ...(v2 === undefined ? {} : { v2: alike ? `${v2} (v2)` : v2 }),
  }
}

/** References to Secrets are no secrets. */
function hidden(value: string): string {
  return value.startsWith('<secret ') || value.startsWith('<configMap ') ? value : '***'
}

function withoutSecrets(text: string): string {
  return text
    .replace(urlPassword, '$1***')
    .replace(secretFlag, '$1***')
    .replace(assignment, (whole, name: string, quote: string) =>
      secretName.test(name) ? `${name}=${quote}***` : whole,
    )
}
