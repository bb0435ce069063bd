export { type Assignment, type AssignmentQuery, assign } from './assignment';
export type { ClientZone } from './clients';
export type { Scenario } from './scenario';
export { type ScenarioResult, type WhatIfQuery, whatIf } from './what-if';
export { buildWorld, type World } from './world';
