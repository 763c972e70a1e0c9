import type { Command } from '../cli/command.ts'
import { completionScript, shells } from '../cli/completion-scripts.ts'
import { exitCode } from '../exit-code.ts'
import { closest } from '../kube/closest.ts'
import { Problem } from '../problem.ts'

export const command: Command = {
  name: 'completion',
  summary: 'a script that completes verbs, flags and names of jobs at TAB',
  usage: shells.join('|'),
  offers: shells,
  examples: [
    { does: 'bash, now; in ~/.bashrc for always', type: 'source <($0 completion bash)' },
    { does: 'zsh, in ~/.zshrc', type: 'source <($0 completion zsh)' },
    { does: 'fish', type: '$0 completion fish > ~/.config/fish/completions/kubectl-migrate.fish' },
    {
      does: 'PowerShell, in $PROFILE',
      type: '$0 completion powershell | Out-String | Invoke-Expression',
    },
    {
      does: 'for `kubectl migrate` (kubectl 1.26 and newer), any folder of PATH',
      type: '$0 completion kubectl > ~/bin/kubectl_complete-migrate && chmod +x ~/bin/kubectl_complete-migrate',
    },
  ],
  flags: {},
  connects: false,
  manyNamespaces: false,
  async run(env, { positionals }) {
    const shell = shells.find((known) => known === positionals[0])
    if (shell === undefined || positionals.length > 1) throw wrongShell(positionals)
    env.out.write(completionScript(shell, env.name))
    return exitCode.ok
  },
}

function wrongShell(words: readonly string[]): Problem {
  const known = shells.join(', ')
  const [word] = words
  if (word === undefined) return usage(`completion needs the name of a shell: ${known}`)
  if (words.length > 1) return usage(`completion takes one shell, but there are ${words.length} words`)
  const meant = closest(word, shells, 1)[0]
  return usage(
    `completion has no script for ${JSON.stringify(word)}: it has ${known}`,
    meant === undefined ? undefined : `Did you mean ${meant}?`,
  )
}

function usage(what: string, why?: string): Problem {
  return new Problem({ code: 'unknown-shell', what, why, next: ['$0 completion --help'], exit: exitCode.usage })
}
