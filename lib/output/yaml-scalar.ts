/**
 * How one string or number is written in YAML, so that every reader takes it for what it is.
 *
 * A string stays plain only when no reader of YAML 1.1 or 1.2 would take it for something else. Sources: the
 * YAML 1.2.2 specification (chapters 5.4, 7.3, 8.1 and 10), the type repository of YAML 1.1 (yaml.org/type),
 * and what the parsers in use add to them: `yaml`, `js-yaml`, go-yaml (kubectl, Argo CD) and PyYAML.
 * Quotes are put as cdk8s puts them: double, or single when the text has a double and no single one.
 */

/** Characters that a string may hold anywhere when it starts with a letter and is to stay plain. */
const SIMPLE = /^[A-Za-z_/$(<][-\w./=$(),@+*%~^&!?;<>|'"`[\]{}\\]*$/;

/**
 * Characters that no line may show as they are: control characters, other line breaks, the byte order mark,
 * lone surrogates and non-characters, which parsers refuse or change, and those that reorder or hide text
 * in a review.
 */
const UNPRINTABLE = /(?!\n)[\p{Cc}\p{Cs}\xad\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff]/u;
const UNPRINTABLE_BUT_TAB = new RegExp(`(?!\\t)${UNPRINTABLE.source}`, 'u');
const UNPRINTABLE_ALL = new RegExp(UNPRINTABLE.source, 'gu');

/** A start, an end or an inside that has a meaning of its own in block style. */
const NEEDS_QUOTES = /^[\s,[\]{}#&*!|>'"%@`]|^[-?:](?:\s|$)|^(?:---|\.\.\.)|:\s|:$|\s#|\s$/;

/**
 * Integers of every base with `_`, floats (`1.`, `.5`, `1e3`; the exponent alone is one to `yaml` in 1.1 mode),
 * sexagesimals (`1:30`), dates and times, infinity and not-a-number.
 */
const NUMBER_OR_TIME =
  /^(?:[-+]?(?:0[bBoOxX][\da-fA-F_]*|(?:\d[\d_]*)?(?:\.[\d_]*)?(?:[eE][-+]?[\d_]*)?|\d[\d_]*(?::[0-5]?\d)+(?:\.[\d_]*)?|\.(?:inf|Inf|INF|nan|NaN|NAN))|\d{4}-\d\d?-\d\d?(?:[Tt\s].*)?)$/;

/** Words of YAML 1.1 and 1.2 for true, false and null, the merge key and the value key. */
const WORDS = new Set(
  ['y', 'n', 'yes', 'no', 'on', 'off', 'true', 'false', 'null']
    .flatMap(word => [word, word[0].toUpperCase() + word.slice(1), word.toUpperCase()])
    .concat('~', '<<', '='),
);

/** Longer double-quoted texts with line breaks go over several lines. */
const LINE_BY_LINE_LENGTH = 40;

function looksLikeOtherType(text: string): boolean {
  return (text.length <= 5 && WORDS.has(text)) || NUMBER_OR_TIME.test(text);
}

/** A string without line breaks, as a value or a key. */
export function singleLine(text: string): string {
  if (SIMPLE.test(text)) {
    // A text that starts with a letter is at most a word, or an exponent alone.
    const first = text.charCodeAt(0) | 0x20;
    if ((text.length > 5 || !WORDS.has(text)) && !(first === 0x65 && NUMBER_OR_TIME.test(text))) return text;
  } else if (
    text !== '' &&
    !UNPRINTABLE.test(text) &&
    !text.includes('\n') &&
    !NEEDS_QUOTES.test(text) &&
    !looksLikeOtherType(text)
  ) {
    return text;
  }
  return quoted(text);
}

function quoted(text: string): string {
  if (text.includes('"') && !text.includes("'") && !text.includes('\n') && !UNPRINTABLE.test(text)) {
    return `'${text}'`;
  }
  return `"${escaped(text)}"`;
}

/** The inside of double quotes: JSON's escapes, all of which YAML shares, and those for what JSON lets pass. */
function escaped(text: string): string {
  return JSON.stringify(text)
    .slice(1, -1)
    .replace(UNPRINTABLE_ALL, char => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/**
 * A string as a value. Text of several lines becomes a literal block, or, where a block can't hold it exactly,
 * double quotes with one line of text a line.
 *
 * @param text the string
 * @param inner indentation of what belongs to the value; empty at the top of a document
 */
export function stringValue(text: string, inner: string): string {
  if (!text.includes('\n')) return singleLine(text);
  if (inner !== '' && fitsLiteral(text)) return literal(text, inner);
  if (text.length < LINE_BY_LINE_LENGTH) return quoted(text);
  return lineByLine(text, inner || '  ');
}

/**
 * Whether parsers agree on the text as a literal block. They don't on lines of blanks at the start or the end,
 * and text of line breaks alone is read more easily in quotes.
 */
function fitsLiteral(text: string): boolean {
  return !UNPRINTABLE_BUT_TAB.test(text) && !/^\n*[ \t]+(?:\n|$)|(?:^|\n)[ \t]+\n*$|^\n+$/.test(text);
}

function literal(text: string, inner: string): string {
  // Blanks at the start would be taken for indentation, which is therefore said.
  const indicator = /^[ \t\n]/.test(text) ? '2' : '';
  const chomping = !text.endsWith('\n') ? '-' : text.endsWith('\n\n') ? '+' : '';
  const lines = (chomping === '-' ? text : text.slice(0, -1)).replace(/\n(?!\n|$)/g, `\n${inner}`);
  return `|${indicator}${chomping}\n${text.startsWith('\n') ? '' : inner}${lines}`;
}

/** Double quotes over several lines: an escaped line break is none, so each break of the text is written `\n`. */
function lineByLine(text: string, inner: string): string {
  const lines = text.split(/(?<=\n)/).map((line, index) => {
    const body = escaped(line);
    return index > 0 && body.startsWith(' ') ? `\\${body}` : body;
  });
  return `"${lines.join(`\\\n${inner}`)}"`;
}

/** A number as cdk8s writes it, but with a point before an exponent, without which YAML 1.1 reads a string. */
export function numberValue(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e21) return Object.is(value, -0) ? '-0' : String(value);
  if (Number.isNaN(value)) return '.nan';
  if (!Number.isFinite(value)) return value < 0 ? '-.inf' : '.inf';
  const text = String(value);
  return /^-?\d+e/.test(text) ? text.replace('e', '.0e') : text;
}
