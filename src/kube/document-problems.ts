import { exitCode } from '../exit-code.ts'
import { Problem } from '../problem.ts'
import type { SourceText } from './source-text.ts'
import type { Placeholder, TemplateEngine } from './template-placeholders.ts'
import { shellWord } from './text.ts'
import type { SyntaxFault } from './yaml-events.ts'

/** The source of what came by standard input, in messages. */
export const standardInput = 'standard input'

/** What is said of a file that holds no text, exit code 2. */
export function noTextProblem(source: string, found: 'binary' | 'utf-16'): Problem {
  return new Problem({
    code: 'not-text',
    what: found === 'binary' ? `${source} is not a text file` : `${source} is UTF-16 without a byte order mark`,
    why: found === 'binary' ? undefined : 'save it as UTF-8',
    exit: exitCode.usage,
  })
}

/** Text that is no YAML or JSON: where, why, and the line with a caret below the place. */
export function syntaxProblem(text: SourceText, fault: SyntaxFault): Problem {
  return new Problem({
    code: 'invalid-yaml',
    what: `${text.source} holds a document that cannot be read`,
    where: text.place(fault.offset),
    why: `${fault.message}\n${text.excerpt(fault.offset).join('\n')}`,
    exit: exitCode.usage,
  })
}

/** A list or a scalar where an object should be. */
export function notAnObject(text: SourceText, value: unknown, offset: number): Problem {
  const found = Array.isArray(value) ? 'a list' : value === null ? 'null' : `a ${typeof value}`
  return new Problem({
    code: 'not-an-object',
    what: `${text.source} holds ${found} where a Kubernetes object should be`,
    where: text.place(offset),
    why: text.excerpt(offset).join('\n'),
    exit: exitCode.usage,
  })
}

/** A template that nobody has rendered, by its first placeholder. */
export function templateProblem(text: SourceText, { engine, text: written }: Placeholder, offset: number): Problem {
  const article = /^[AEIOUae]/.test(engine) ? 'an' : 'a'
  return new Problem({
    code: 'template',
    what: `${text.source} is ${article} ${engine} template (${written} at line ${text.position(offset).line})`,
    where: text.place(offset),
    why: 'placeholders are not guessed: render it first',
    next: [rendering(engine, text.source)],
    exit: exitCode.usage,
  })
}

/** What to type to get manifests out of a template; `$0` is this program. */
function rendering(engine: TemplateEngine, source: string): string {
  const file = source === standardInput ? 'FILE' : shellWord(source)
  switch (engine) {
    case 'Helm':
      return 'helm template … | $0 convert -f -'
    case 'Jinja':
      return `jinja2 ${file} … | $0 convert -f -`
    case 'envsubst':
      return `envsubst < ${file} | $0 convert -f -`
    case 'kustomize':
      return 'kubectl kustomize … | $0 convert -f -'
    case 'Jsonnet':
      return `jsonnet ${file} | $0 convert -f -`
    case 'Argo Workflows':
      return '$0 convert job NAME      (the job that the workflow makes)'
  }
}
