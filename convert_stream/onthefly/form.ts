export const form = (): string => '';
