import { closeSync, openSync, readFileSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'

type Tokens = Readonly<Record<string, string>>

/**
 * Puts refreshed OIDC tokens where the old ones stand in the kubeconfig, under kubectl's own lock (`FILE.lock`); the rest of
 * the file stays as it is, to the byte. An identity provider that rotates refresh tokens makes the old one worthless, so a
 * file that cannot be changed is told of.
 */
export function persistTokens(
  origin: string | undefined,
  before: Tokens,
  after: Tokens,
  warn: (text: string) => void,
): void {
  const changes = ['id-token', 'refresh-token'].filter((key) => before[key] && before[key] !== after[key])
  if (origin === undefined || changes.length === 0) return
  try {
    replaceIn(
      realpathSync(origin),
      changes.map((key) => [before[key] ?? '', after[key] ?? '']),
    )
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'they are not found in it'
    warn(
      `Warning: the refreshed tokens could not be written to ${origin} (${code}): the next login may be needed sooner`,
    )
  }
}

function replaceIn(file: string, changes: [from: string, to: string][]): void {
  const lock = `${file}.lock`
  closeSync(openSync(lock, 'wx'))
  try {
    let text = readFileSync(file, 'utf8')
    for (const [from, to] of changes) {
      if (!text.includes(from)) throw new Error('not found')
      text = text.replaceAll(from, () => to)
    }
    const temporary = `${file}.kubectl-migrate`
    writeFileSync(temporary, text, { mode: statSync(file).mode & 0o777, flag: 'wx' })
    renameSync(temporary, file)
  } finally {
    rmSync(lock)
  }
}
