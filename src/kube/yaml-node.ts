import { EVENT_ID, type Event, getScalarValue, SCALAR_STYLE, type ScalarEvent, YAMLException } from 'js-yaml'
import { type Events, SyntaxFault } from './yaml-events.ts'
import { parseInteger, resolvePlain } from './yaml-scalar.ts'

/** How the tags of YAML's own types begin, written out. */
export const standard = 'tag:yaml.org,2002:'

/**
 * The value of a scalar, as go.yaml.in/yaml v2.4 resolve.go reads it by its style and tag. Throws SyntaxFault for one that is not what its
 * tag says, and for one that JSON cannot carry.
 * @param text what `scalarText` returned for it
 * @param inFlow whether it stands in a flow collection
 */
export function scalarValue(events: Events, event: ScalarEvent, text: string, inFlow: boolean): unknown {
  if (event.tagStart === -1) {
    if (event.style !== SCALAR_STYLE.PLAIN) return text
    if (inFlow) refuseFlowPlain(events, event, text)
    return finite(events, event, resolvePlain(text), text)
  }
  const tag = tagOf(events.text, event)
  switch (tag) {
    case `${standard}binary`:
      return binary(events, event, text)
    case `${standard}null`:
    case `${standard}bool`: {
      const value = resolvePlain(text)
      if (tag.endsWith('null') ? value === null : typeof value === 'boolean') return value
      break
    }
    case `${standard}int`: {
      const value = parseInteger(text)
      if (value !== undefined) return finite(events, event, value, text)
      break
    }
    case `${standard}float`: {
      const value = resolvePlain(text)
      if (typeof value === 'number' || typeof value === 'bigint') return finite(events, event, value, text)
      break
    }
    default:
      return text
  }
  throw faultAt(events, `${quoted(text)} is no ${tag.slice(standard.length)}`, offsetOf(event))
}

/** In a flow collection libyaml takes `?x` for a key x, and the colon of `x:,` for a part of the scalar. */
function refuseFlowPlain(events: Events, event: ScalarEvent, text: string): void {
  const isKeyMark = text.startsWith('?')
  const { valueEnd } = event
  if (isKeyMark || (valueEnd !== -1 && /^ *:[,[\]{}]/.test(events.text.slice(valueEnd, valueEnd + 40)))) {
    throw faultAt(
      events,
      `kubectl reads ${quoted(text)} in another way than YAML 1.2: put it in quotes`,
      offsetOf(event),
    )
  }
}

/** The text of a scalar, its escapes read and its lines folded. Throws SyntaxFault. */
export function scalarText(events: Events, event: ScalarEvent): string {
  try {
    const text = getScalarValue(events.text, event)
    if (event.style === SCALAR_STYLE.DOUBLE_QUOTED && !text.isWellFormed()) {
      throw faultAt(events, 'half of a surrogate pair is no character', event.valueStart)
    }
    return text
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error
    throw faultAt(events, error.reason, event.valueStart)
  }
}

function finite(
  events: Events,
  event: ScalarEvent,
  value: string | number | bigint | boolean | null,
  text: string,
): unknown {
  if (typeof value === 'bigint') {
    throw faultAt(
      events,
      `the number ${text} is too large to be carried exactly: put it in quotes if it is a string`,
      offsetOf(event),
    )
  }
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw faultAt(events, `${text} is no number that JSON has: put it in quotes if it is a string`, offsetOf(event))
  }
  return value
}

function binary(events: Events, event: ScalarEvent, text: string): string {
  try {
    const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
    return new TextDecoder().decode(bytes)
  } catch {
    throw faultAt(events, '!!binary holds no base64', offsetOf(event))
  }
}

/** The full tag: `!!str` and `!<tag:yaml.org,2002:str>` are the same; '' without one. */
export function tagOf(text: string, event: ScalarEvent): string {
  if (event.tagStart === -1) return ''
  const tag = text.slice(event.tagStart, event.tagEnd)
  if (tag.startsWith('!<')) return tag.slice(2, -1)
  return tag.startsWith('!!') ? `${standard}${tag.slice(2)}` : tag
}

/** Offset of the first character of a node, its anchor and tag left out; of an empty one, where its anchor or tag stands. */
export function offsetOf(event: Event): number {
  switch (event.type) {
    case EVENT_ID.SCALAR: {
      if (event.valueStart === -1) return Math.max(event.tagStart, event.anchorStart, 0)
      const isQuoted = event.style === SCALAR_STYLE.SINGLE_QUOTED || event.style === SCALAR_STYLE.DOUBLE_QUOTED
      return isQuoted ? event.valueStart - 1 : event.valueStart
    }
    case EVENT_ID.MAPPING:
    case EVENT_ID.SEQUENCE:
      return event.start
    case EVENT_ID.ALIAS:
      return event.anchorStart - 1
    default:
      return 0
  }
}

function faultAt(events: Events, reason: string, offset: number): SyntaxFault {
  return new SyntaxFault(reason, events.original(offset))
}

/** A text as an error shows it: in quotes, 60 characters at most. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 57)}...` : text)
}
