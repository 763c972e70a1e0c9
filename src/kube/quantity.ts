const suffixes: Record<string, bigint> = {
  Ki: 2n ** 10n,
  Mi: 2n ** 20n,
  Gi: 2n ** 30n,
  Ti: 2n ** 40n,
  Pi: 2n ** 50n,
  Ei: 2n ** 60n,
  k: 10n ** 3n,
  M: 10n ** 6n,
  G: 10n ** 9n,
  T: 10n ** 12n,
  P: 10n ** 15n,
  E: 10n ** 18n,
  '': 1n,
}

const fractions: Record<string, bigint> = { n: 1n, u: 1000n, m: 1_000_000n }

const nano = 1_000_000_000n

const shape = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+)|([KMGTPE]i|[numkMGTPE])?)$/

/**
 * A resource quantity in billionths of its unit, exact; undefined when the text is not a quantity.
 * Source: k8s.io/apimachinery v0.36, pkg/api/resource/quantity.go (what is smaller than 1n is rounded up, as there).
 */
export function parseQuantity(text: string | number): bigint | undefined {
  const match = shape.exec(String(text).trim())
  if (!match) return undefined
  const [, sign, whole = '', fraction = '', exponent, suffix = ''] = match
  if (whole === '' && fraction === '') return undefined
  const digits = BigInt(whole + fraction)
  let numerator = digits
  let denominator = 10n ** BigInt(fraction.length)
  if (exponent !== undefined) {
    const power = Number(exponent)
    if (Math.abs(power) > 30) return undefined
    if (power >= 0) numerator *= 10n ** BigInt(power)
    else denominator *= 10n ** BigInt(-power)
    numerator *= nano
  } else {
    numerator *= fractions[suffix] ?? (suffixes[suffix] ?? 1n) * nano
  }
  const magnitude = (numerator + denominator - 1n) / denominator
  return sign === '-' ? -magnitude : magnitude
}

/** Whether two quantities are the same amount (`1` and `1000m`, `1Gi` and `1024Mi`); texts that are none are compared as texts. */
export function sameQuantity(a: string | number, b: string | number): boolean {
  const x = parseQuantity(a)
  const y = parseQuantity(b)
  return x === undefined || y === undefined ? String(a) === String(b) : x === y
}

/** The amount in its shortest usual spelling: binary suffixes for whole multiples of 1Ki, `m` below one, plain digits otherwise. */
export function formatQuantity(amount: bigint): string {
  if (amount % nano !== 0n) {
    return amount % 1_000_000n === 0n ? `${amount / 1_000_000n}m` : `${amount}n`
  }
  const whole = amount / nano
  for (const suffix of ['Ei', 'Pi', 'Ti', 'Gi', 'Mi', 'Ki']) {
    const unit = suffixes[suffix]
    if (unit !== undefined && whole !== 0n && whole % unit === 0n) return `${whole / unit}${suffix}`
  }
  return String(whole)
}
