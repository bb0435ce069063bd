export { type AnalyzeOptions, analyze } from './analyze';
export { CHECKS } from './checks';
export { explain } from './docs';
export { formatJson } from './format/json';
export { formatSarif } from './format/sarif';
export { formatText, type TextOptions } from './format/text';
export { IGNORE_ANNOTATION, NO_RULES, type Rule, type Rules, readRules } from './rules';
export type { Check, Finding, RelatedPlace, ResourceRef, Severity } from './types';
