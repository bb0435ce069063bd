export * from './settings';
export * from './versions';
