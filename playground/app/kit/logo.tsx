/** The mark beside the name. */
export const Logo = () => (
  <svg class="mark" viewBox="32 32 448 448" aria-hidden="true">
    <defs>
      <linearGradient id="sky" x2="1" y2="1">
        <stop stop-color="#2b5cff" />
        <stop offset=".55" stop-color="#8a4dff" />
        <stop offset="1" stop-color="#ff5d8f" />
      </linearGradient>
    </defs>
    <path d="M0 0h512v512H0z" fill="url(#sky)" />
    <circle cx="356" cy="160" r="52" fill="#ffd166" />
    <path d="M-76 512 150 236q22-24 44 0l226 276z" fill="#fffc" />
    <path d="m130 512 200-212q20-20 40 0l200 212z" fill="#fffb" />
  </svg>
);
