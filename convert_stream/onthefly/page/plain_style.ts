/** The look of the form where scripts do not run. */
export const plainStyle = `
.plain { display: grid; grid-template-columns: 9rem minmax(0, 1fr) minmax(18rem, 28rem); gap: 2.5rem; max-width: 85rem; margin: auto; padding: 1.5rem }
.plain, .plain button, .plain input, .plain select, .plain textarea { font: 16px/1.45 system-ui, sans-serif }
.plain * { box-sizing: border-box }
.plain nav, .plain aside { position: sticky; top: 1.5rem; align-self: start }
.plain nav, .plain .sections, .plain aside { grid-row: 1 }
.plain nav { display: grid; grid-column: 1; gap: .3rem }
.plain .sections { grid-column: 2 }
.plain aside { grid-column: 3; display: grid; gap: 1rem; grid-template-rows: auto 1fr; height: calc(100vh - 3rem) }
.plain iframe { width: 100%; height: 100%; border: 1px solid #8886; border-radius: .6rem }
.plain section { margin-top: 2rem }
.plain h2, .plain p { margin: 0 0 .5rem }
.plain .examples, .plain .fields { display: grid; grid-template-columns: repeat(auto-fill, minmax(14rem, 1fr)); gap: .6rem; margin-top: .6rem }
.plain button { text-align: left; color: inherit; padding: .6rem .8rem; border: 1px solid #8886; border-radius: .6rem; background: #8881; cursor: pointer }
.plain code { display: block; font-size: .85em; overflow-wrap: anywhere }
.plain label { display: grid; align-content: start; gap: .2rem }
.plain small { opacity: .8; line-height: 1.35 }
.plain input, .plain select, .plain textarea { width: 100%; min-width: 0 }
@media (max-width: 62rem) {
  .plain { display: block; padding: 1rem }
  .plain nav { position: static; display: flex; flex-wrap: wrap; gap: .6rem }
  .plain aside { position: sticky; top: 0; height: 40vh; background: Canvas }
}
`;
