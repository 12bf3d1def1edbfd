(() => {
  const $ = (id) => document.getElementById(id);
  const cases = [...document.querySelectorAll('.case')];
  const texts = new Map(cases.map((c) => [c, c.textContent.toLowerCase()]));
  const buttons = [...document.querySelectorAll('[data-show]')];
  let show = 'all';

  const fits = (c) =>
    show === 'all' ||
    c.dataset.outcome === show ||
    (show === 'skipped' && c.dataset.skipped !== '0');

  const filter = () => {
    const words = $('q').value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const c of cases) {
      const there = fits(c) && words.every((word) => texts.get(c).includes(word));
      c.hidden = !there;
      shown += there;
    }
    $('shown').textContent = shown === cases.length ? '' : `${shown} of ${cases.length}`;
    $('none').hidden = shown > 0;
  };

  for (const button of buttons) {
    button.addEventListener('click', () => {
      show = button.dataset.show;
      for (const other of buttons) other.setAttribute('aria-pressed', other === button);
      filter();
    });
  }
  $('q').addEventListener('input', filter);
  document.addEventListener('keydown', (event) => {
    if (event.key === '/' && !/^(INPUT|TEXTAREA)$/.test(event.target.tagName)) {
      event.preventDefault();
      $('q').focus();
    }
  });

  $('unfold').addEventListener('click', (event) => {
    const open = event.target.textContent === 'Open all';
    for (const c of cases) if (!c.hidden) c.open = open;
    event.target.textContent = open ? 'Close all' : 'Open all';
  });

  // a link into a case opens it, also when it was filtered out
  const open = () => {
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target && target.matches('.case')) {
      target.hidden = false;
      target.open = true;
      target.scrollIntoView();
    }
  };
  addEventListener('hashchange', open);
  open();

  let folded = [];
  addEventListener('beforeprint', () => {
    folded = cases.filter((c) => !c.open);
    for (const c of folded) c.open = true;
  });
  addEventListener('afterprint', () => {
    for (const c of folded) c.open = false;
  });

  for (const button of document.querySelectorAll('.copy')) {
    button.addEventListener('click', async () => {
      const code = button.previousElementSibling;
      try {
        await navigator.clipboard.writeText(code.textContent);
        button.textContent = 'Copied';
      } catch {
        getSelection().selectAllChildren(code);
      }
    });
  }

  $('theme').addEventListener('click', () => {
    const root = document.documentElement;
    const dark = getComputedStyle(root).colorScheme === 'dark';
    root.dataset.theme = dark ? 'light' : 'dark';
  });
})();
