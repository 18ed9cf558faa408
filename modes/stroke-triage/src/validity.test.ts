import { strokeTriageValidity } from './validity';

describe('the mode', () => {
  it.each(['CT', 'CT\\SEG', 'SR\\CT', 'CT/SR'])('is offered for a study with %s', modalities => {
    expect(strokeTriageValidity({ modalities })).toEqual({ valid: true, description: '' });
  });

  it.each(['MR', 'OCT', '', undefined])('is not offered for %s, and says why', modalities => {
    const { valid, description } = strokeTriageValidity({ modalities });
    expect(valid).toBe(false);
    expect(description).toMatch(/needs a CT series/);
  });
});
