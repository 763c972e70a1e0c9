const words = new Map<string, boolean | null>([
  ...['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON'].map((word) => [word, true] as const),
  ...['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF'].map((word) => [word, false] as const),
  ...['', '~', 'null', 'Null', 'NULL'].map((word) => [word, null] as const),
])

const infinities = new Map<string, number>([
  ...['.nan', '.NaN', '.NAN'].map((word) => [word, Number.NaN] as const),
  ...['.inf', '.Inf', '.INF', '+.inf', '+.Inf', '+.INF'].map((word) => [word, Number.POSITIVE_INFINITY] as const),
  ...['-.inf', '-.Inf', '-.INF'].map((word) => [word, Number.NEGATIVE_INFINITY] as const),
])

const integerForm = /^([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|0[oO]?([0-7]+)|([1-9][0-9]*|0))$/
const decimalForm = /^[-+]?[0-9]+$/
const floatForm = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/
// Go's ParseFloat, which alone reads what starts with a dot, allows single underscores between digits
const dottedForm = /^\.[0-9]+(?:_[0-9]+)*(?:[eE][-+]?[0-9]+(?:_[0-9]+)*)?$/

/**
 * What kubectl makes of an unquoted scalar: go.yaml.in/yaml v2.4 resolve.go, which sigs.k8s.io/yaml v1.6 reads manifests with.
 * YAML 1.1 with Go's integers (0755 and 0o755 are octal, 1_000 is 1000), without base 60 and without timestamps.
 * A bigint is an integer a JSON number cannot carry exactly; NaN and the infinities are returned as such: callers refuse both.
 */
export function resolvePlain(text: string): string | number | bigint | boolean | null {
  const first = text.charCodeAt(0)
  // digits, + - .
  if ((first >= 0x30 && first <= 0x39) || first === 0x2b || first === 0x2d) {
    return parseInteger(text) ?? parseFloat64(text) ?? infinities.get(text) ?? text
  }
  if (first === 0x2e) return infinities.get(text) ?? parseFloat64(text) ?? text
  if (text.length > 5) return text
  const word = words.get(text)
  return word === undefined ? text : word
}

/** An integer as Go's ParseInt and ParseUint with base 0 read it, underscores dropped; undefined when it is none or too long for 64 bits. */
export function parseInteger(text: string): number | bigint | undefined {
  const plain = text.replaceAll('_', '')
  const match = integerForm.exec(plain)
  if (match === null) return wideDecimal(plain)
  const [, sign, hexadecimal, binary, octal, decimal] = match
  const digits = hexadecimal ?? binary ?? octal ?? decimal ?? ''
  const base = hexadecimal !== undefined ? 16 : binary !== undefined ? 2 : octal !== undefined ? 8 : 10
  const value = Number.parseInt(digits, base)
  if (Number.isSafeInteger(value)) return sign === '-' && value !== 0 ? -value : value
  const prefix = { 16: '0x', 2: '0b', 8: '0o', 10: '' }[base]
  const wide = BigInt(`${prefix}${digits}`) * (sign === '-' ? -1n : 1n)
  return base === 10 || (wide >= -(2n ** 63n) && wide < 2n ** 64n) ? wide : undefined
}

/** 08 and 09 are no octal numbers: Go reads them as decimal floats, exact or not. */
function wideDecimal(plain: string): number | bigint | undefined {
  if (!decimalForm.test(plain)) return undefined
  const value = Number(plain)
  return Number.isSafeInteger(value) ? value + 0 : BigInt(plain.replace(/^\+/, ''))
}

/** A finite decimal float; undefined for other text and for what overflows, which kubectl keeps as a string. */
function parseFloat64(text: string): number | undefined {
  const plain = text.replaceAll('_', '')
  if (!(text.startsWith('.') ? dottedForm.test(text) : floatForm.test(plain))) return undefined
  const value = Number(plain)
  return Number.isFinite(value) ? value + 0 : undefined
}

/**
 * The text kubectl makes of a key that is a float: sigs.k8s.io/yaml formats it with float32 digits
 * (strconv.FormatFloat(f, 'g', -1, 32)), so that 1.10 becomes 1.1 and 12345678.5 becomes 1.2345678e+07.
 */
export function floatKey(value: number): string {
  const single = Math.fround(value)
  let shortest = single.toExponential(0)
  for (let places = 1; Math.fround(Number(shortest)) !== single; places++) shortest = single.toExponential(places)
  const [mantissa = '', power = '0'] = shortest.split('e')
  const exponent = Number(power)
  if (exponent >= -4 && exponent < 6) return String(Number(shortest))
  return `${mantissa}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`
}
