/*
 * The scripts ask `PROGRAM __complete WORDS...` at each TAB (complete.ts has the protocol). None of them evaluates what comes
 * back: names of contexts are free text.
 */

/** For bash 3.2 (macOS) and newer; needs no bash-completion package. */
const bash = `# bash completion of PROGRAM
_FUNCTION() {
    # bash cuts words at = and : too; what has no blank between it is one word here
    local -a words=()
    local line=\${COMP_LINE:0:COMP_POINT} index stripped current
    for ((index = 0; index <= COMP_CWORD; index++)); do
        stripped=\${line#"\${line%%[![:space:]]*}"}
        if ((index == 0)) || [[ $stripped != "$line" || -z $stripped ]]; then
            words+=("")
        fi
        current=\${COMP_WORDS[index]}
        if [[ $stripped != "$current"* ]]; then
            current=$stripped
        fi
        words[\${#words[@]} - 1]+=$current
        line=\${stripped#"$current"}
    done
    current=\${words[\${#words[@]} - 1]}

    # bash replaces only what stands after its last cut
    local cut= separator
    for separator in = :; do
        if [[ $COMP_WORDBREAKS == *$separator* && \${current#"$cut"} == *$separator* ]]; then
            cut=\${current%"\${current##*$separator}"}
        fi
    done

    local answer directive=0
    COMPREPLY=()
    while IFS= read -r answer; do
        if [[ $answer == :[0-9]* ]]; then
            directive=\${answer#:}
        else
            answer=\${answer%%$'\\t'*}
            printf -v answer %q "\${answer#"$cut"}"
            COMPREPLY+=("$answer")
        fi
    done < <(PROGRAM __complete "\${words[@]:1}" 2>/dev/null)

    local file
    local -a how=()
    if ((directive == 0)); then
        how=(-f)
    elif ((directive == 16)); then
        how=(-d)
    fi
    if ((\${#how[@]} > 0 && \${#COMPREPLY[@]} == 0)); then
        [[ $(type -t compopt) == builtin ]] && compopt -o filenames
        while IFS= read -r file; do
            COMPREPLY+=("$file")
        done < <(compgen "\${how[@]}" -- "\${current#"$cut"}")
    fi
}
complete -F _FUNCTION PROGRAM
`

const zsh = `#compdef PROGRAM
# zsh completion of PROGRAM
_FUNCTION() {
    local answer directive=0
    local -a candidates
    while IFS= read -r answer; do
        if [[ $answer == :[0-9]* ]]; then
            directive=\${answer#:}
        else
            answer=\${answer//:/\\\\:}
            candidates+=("\${answer/$'\\t'/:}")
        fi
    done < <(PROGRAM __complete "\${(@Q)words[2,CURRENT-1]}" "\${(Q)PREFIX}" 2>/dev/null)
    if (( $#candidates )); then
        _describe -V 'PROGRAM' candidates
    elif (( directive == 0 )); then
        compset -P '*='
        _files
    elif (( directive == 16 )); then
        compset -P '*='
        _files -/
    fi
}
if [[ $funcstack[1] == _FUNCTION ]]; then
    _FUNCTION "$@"
else
    compdef _FUNCTION PROGRAM
fi
`

const fish = `# fish completion of PROGRAM
function _FUNCTION
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l directive 0
    set -l offered 0
    for answer in (PROGRAM __complete $words[2..-1] "$current" 2>/dev/null)
        if string match -qr '^:[0-9]+$' -- $answer
            set directive (string sub -s 2 -- $answer)
        else
            set offered 1
            printf '%s\\n' $answer
        end
    end
    if test $offered -eq 0
        set -l flag (string match -r -- '^--[^=]+=' $current)
        set -l path (string replace -r -- '^--[^=]+=' '' $current)
        if test $directive -eq 0
            printf "$flag%s\\n" (__fish_complete_path "$path")
        else if test $directive -eq 16
            printf "$flag%s\\n" (__fish_complete_directories "$path")
        end
    end
end
complete -c PROGRAM -f -k -a '(_FUNCTION)'
`

const powershell = `# PowerShell completion of PROGRAM
Register-ArgumentCompleter -Native -CommandName 'PROGRAM' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $words = @($commandAst.CommandElements | Select-Object -Skip 1 |
        Where-Object { $_.Extent.EndOffset -lt $cursorPosition } | ForEach-Object { $_.ToString() })
    $current = $wordToComplete
    # before 7.3 PowerShell drops an empty argument
    if ($current -eq '' -and ($PSVersionTable.PSVersion -lt [version]'7.3.0' -or $PSNativeCommandArgumentPassing -eq 'Legacy')) {
        $current = '""'
    }
    & 'PROGRAM' __complete @words $current 2>$null | ForEach-Object {
        if ($_ -notmatch '^:[0-9]+$') {
            $word, $about = $_ -split "\`t", 2
            if (-not $about) { $about = $word }
            $typed = if ($word -match '[^\\w./:=-]') { "'" + $word.Replace("'", "''") + "'" } else { $word }
            [System.Management.Automation.CompletionResult]::new($typed, $word, 'ParameterValue', $about)
        }
    }
}
`

/** What kubectl 1.26 and newer runs for TAB after \`kubectl PLUGIN\` (kubectl pkg/cmd/plugin_completion.go). */
const kubectl = `#!/bin/sh
# Save as COMPLETER in a folder of PATH and make it executable: kubectl (1.26 and newer) runs it for TAB after \`PLUGIN\`.
exec PROGRAM __complete "$@" 2>/dev/null
`

const scripts = { bash, zsh, fish, powershell, kubectl } as const

export type Shell = keyof typeof scripts

export const shells = Object.keys(scripts) as readonly Shell[]

/**
 * The script of one shell.
 * @param name what the program was called: `kubectl-migrate`, or `kubectl migrate` whose file is `kubectl-migrate`
 */
export function completionScript(shell: Shell, name: string): string {
  const plugin = name.startsWith('kubectl ')
    ? name.slice('kubectl '.length).replaceAll('-', '_').replaceAll(' ', '-')
    : name.replace(/^kubectl-/, '')
  const names: Readonly<Record<string, string>> = {
    PROGRAM: `kubectl-${plugin}`,
    FUNCTION: `kubectl_${plugin.replaceAll('-', '_')}`,
    COMPLETER: `kubectl_complete-${plugin}`,
    PLUGIN: `kubectl ${plugin.replaceAll('-', ' ').replaceAll('_', '-')}`,
  }
  return scripts[shell].replace(/PROGRAM|FUNCTION|COMPLETER|PLUGIN/g, (word) => names[word] ?? word)
}
