/** What the process can see of how it was called. */
export interface CallEvidence {
  /** argv[0] of the binary, or the path of the script where node runs one */
  readonly called: string
  /** the environment's `_`: bash and zsh put the path of what they start there */
  readonly underscore?: string
}

/**
 * The name the help and every hint use: `kubectl migrate` when kubectl started this as its plugin, else the file's own name.
 *
 * kubectl hands over with exec(2) (Windows: a child process), so there is no parent to look at; it passes the plugin's full path as
 * argv[0] (kubectl 1.36, pkg/cmd/plugin.go: LookPath, then syscall.Exec), while a shell that finds the file on PATH passes the bare word.
 * A full path somebody typed is told apart by `_`: bash and zsh set it to that path, and to kubectl's path when they start kubectl.
 * Where `_` is not kept (fish, cmd, PowerShell) a full path means kubectl.
 *
 * The plugin's name is the file's: krew may link it as `kubectl-trainjob_migrate`, which is `kubectl trainjob-migrate`.
 */
export function programName({ called, underscore }: CallEvidence): string {
  const file = baseName(called)
  const plugin = /^kubectl-(.+)$/.exec(file)?.[1]
  if (plugin === undefined) return 'kubectl-migrate'
  const byPath = /[/\\]/.test(called)
  const typed = underscore !== undefined && [file, 'node'].includes(baseName(underscore))
  return byPath && !typed ? `kubectl ${plugin.replaceAll('-', ' ').replaceAll('_', '-')}` : file
}

function baseName(path: string): string {
  return (path.split(/[/\\]/).at(-1) ?? '').replace(/\.(exe|cmd|cjs|js|mjs|ts)$/i, '')
}
