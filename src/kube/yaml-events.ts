import { type Event, parseEvents, YAMLException } from 'js-yaml'

/** Text that is no YAML or JSON kubectl would read; `offset` counts UTF-16 units from the start of the text given. */
export class SyntaxFault extends Error {
  readonly offset: number

  constructor(reason: string, offset: number) {
    super(reason)
    this.offset = offset
  }
}

/** Deeper nesting is refused; no Kubernetes object comes near it. */
export const maxDepth = 200

/** The event stream of js-yaml and the text it points into: the text given, but for spaces before lines it wants deeper. */
export interface Events {
  readonly list: readonly Event[]
  readonly text: string
  /** offset in the text given of an offset in `text` */
  original(offset: number): number
}

/** Parses YAML into events; throws SyntaxFault. */
export function readEvents(given: string): Events {
  const insertions: number[] = []
  let text = given
  const original = (offset: number) =>
    insertions.reduce((left, at) => (at < offset ? left - Math.min(spaces.length, offset - at) : left), offset)
  for (;;) {
    try {
      return { list: parseEvents(text, { maxDepth }), text, original }
    } catch (error) {
      if (!(error instanceof YAMLException)) throw error
      const offset = error.mark?.position ?? 0
      const start = lineStart(text, offset)
      if (
        error.reason !== 'deficient indentation' ||
        insertions.includes(start) ||
        insertions.length === maxInsertions
      ) {
        throw faultOf(error.reason, text, offset, original)
      }
      text = `${text.slice(0, start)}${spaces}${text.slice(start)}`
      insertions.push(start)
    }
  }
}

/**
 * js-yaml follows YAML 1.2: the lines of a flow collection and of a quoted string must be indented deeper than their parent.
 * libyaml, and so kubectl, does not ask for it, and manifests rely on that (a closing brace below its key). Spaces at the start of
 * such a line mean nothing, so they are added. Each costs one more parse of this document.
 */
const spaces = ' '.repeat(maxDepth)
const maxInsertions = 500

function lineStart(text: string, offset: number): number {
  const start = offset === 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1
  return start + text.slice(start, offset).lastIndexOf('\r') + 1
}

function faultOf(reason: string, text: string, offset: number, original: Events['original']): SyntaxFault {
  const quote = openQuote(reason, text.slice(0, offset))
  if (quote !== undefined) return new SyntaxFault('this quote is never closed', original(quote))
  return new SyntaxFault(wording(reason, text, offset), original(offset))
}

/** Where a quoted text begins that has not ended when the text ends; undefined where that is not the fault. */
function openQuote(reason: string, text: string): number | undefined {
  if (!reason.startsWith('unexpected end of the ')) return undefined
  // after the one that opens there are only escaped ones
  if (reason.endsWith('double quoted scalar')) return text.search(/(?<!\\)"(?:\\.|[^"\\])*$/s)
  if (reason.endsWith('single quoted scalar')) return text.search(/(?<!')'(?:''|[^'])*$/)
  return undefined
}

/** js-yaml's reason, or a plainer one where it can be told. */
function wording(reason: string, text: string, offset: number): string {
  const character = text[offset] ?? ''
  switch (reason) {
    case 'end of the stream or a document separator is expected':
      return 'this does not belong to what stands above it: its indentation is wrong (kubectl stops reading here)'
    case 'bad indentation of a mapping entry':
      if (character === ':') {
        return /:\s/.test(text.slice(lineStart(text, offset), offset))
          ? 'a second ": " in one line: put the value in quotes'
          : 'this line is indented deeper than the one above it, which has a value already'
      }
      if ('@`%'.includes(character) && character !== '')
        return `a value cannot start with ${character}: put it in quotes`
      return 'the indentation is wrong, or the line above is not finished'
    case 'bad indentation of a sequence entry':
      return 'the indentation of this list item is wrong'
    case 'directives end mark is expected':
      return 'a line of --- is missing after %'
    default:
      return reason.startsWith('nesting exceeded') ? `nesting deeper than ${maxDepth} levels` : reason
  }
}
