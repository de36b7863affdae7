/** Names the sample logo where the URL of a picture is expected. Nothing is fetched for it. */
export const sampleLogoUrl = 'imagetx:logo';

/** A blue disc with white mountains, 64 x 64 pixels, as PNG. */
export const sampleLogo: Buffer = Buffer.from(
  [
    'iVBORw0KGgoAAAANSUhEUgAAAEAAAABABAMAAABYR2ztAAAAMFBMVEVMaXEqW/8qXP8qXP8rXv8qW/8rW/8qW/8qXP8rXP////9H',
    'cv+rv//u8v9zk//Q2/9ctAsUAAAACXRSTlMAv0f0Cp0YdNZAUVdRAAAACXBIWXMAAAsTAAALEwEAmpwYAAABjElEQVRIx62VsUoD',
    'QRCGo0jSWgh6naCNrRHBTg2+gSDpBBtLLSwsbQTL8xCznMn146m1gg8Q38BckTopfIBU3m6yO3Ob3R0Q/26Zj53df2dnarV/1eHV',
    'WrN5c7LpCdcvxUyrp674YiSM4vVw3EXU26Ki2M6yISxtV+NHYk7HNL4UzQPxPgHOhUO3ZIM7F9DBLQ6EUysGaLuBB+OR8Ei7deYD',
    'dsMZTA5vBp1jwQ8sK2DLD9wrIPIDsXpoEZB89EYIuAifcXrKVgjYCV9ieo1rsu6NLODRMjorHGZTG8a5wwhaTQOwcnRKYA+XTwBW',
    'jqQKfAKoHD8+4AtA5kiHHiAt4zJHhidJKofMJJDLjb7pIfGaYwnAqNzolV4TjZoooOgCvFCjjNU9FYdcHrVPrDaP1QVUQR6rRS+p',
    'lZPn1gWTDggA71gwDfSZqI8lp4v2owI8Y9FqIyYV4A3Lnv847NdjPy/7/fkGwrYgtonxbZBtpGwr5ps5Ow74gcKPJHao8WNRDtbZ',
    'L0zcg5UfzX/UL0M9VYY+9YK6AAAAAElFTkSuQmCC',
  ].join(''),
  'base64',
);
