// Extras of the designer; every page works without them.

// Lists of the outline are put into another order with the mouse; the answer is the page that a button would have given.
const outline = document.querySelector('[data-outline]');
const mover = document.querySelector('[data-move]')?.form;
if (outline && mover && globalThis.Sortable) {
  const lists = [outline, ...outline.querySelectorAll('ol')].filter((list) => list.querySelector(':scope > [data-movable]'));
  for (const list of lists) {
    const of = list.firstElementChild.dataset.list;
    const kind = of.split('/').at(-1);
    globalThis.Sortable.create(list, {
      group: kind, draggable: '[data-movable]', animation: 120, delay: 150, delayOnTouchOnly: true,
      onEnd: (event) => {
        if (event.from === event.to && event.oldDraggableIndex === event.newDraggableIndex) return;
        mover.elements.list.value = event.item.dataset.list;
        mover.elements.from.value = event.item.dataset.index;
        mover.elements.into.value = [...event.to.children].find((li) => li !== event.item)?.dataset.list ?? event.item.dataset.list;
        mover.elements.to.value = event.newDraggableIndex;
        mover.requestSubmit();
      },
    });
  }
}

// Ctrl+Z takes back the last edit where nothing is being typed; in a box it is the browser's own.
document.addEventListener('keydown', (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.target.closest('input, textarea, select, .cm-editor')) return;
  const again = event.key === 'y' || (event.key === 'Z' && event.shiftKey);
  if (event.key !== 'z' && !again) return;
  const button = document.querySelector(again ? '[data-redo]' : '[data-undo]');
  if (button) {
    event.preventDefault();
    button.click();
  }
});

// The answers of the field that a condition reads are offered beside its box.
for (const builder of document.querySelectorAll('[data-builder]')) {
  const what = builder.querySelector('[data-what]');
  const value = builder.querySelector('[data-value]');
  const offer = () => {
    const list = [...builder.querySelectorAll('datalist')].find((one) => one.dataset.of === what.value);
    if (list) value.setAttribute('list', list.id);
    else value.removeAttribute('list');
  };
  what.addEventListener('change', offer);
  offer();
}

// A picture that is wider than its place shows first what is looked at: the chosen step, where an application stands, or the beginning.
for (const picture of document.querySelectorAll('.picture')) {
  const part = picture.querySelector('[data-chosen]') ?? picture.querySelector('[data-kind]');
  if (!part || picture.scrollWidth <= picture.clientWidth) continue;
  const [at, of] = [part.getBoundingClientRect(), picture.getBoundingClientRect()];
  picture.scrollLeft += at.left + at.width / 2 - (of.left + of.width / 2);
}

// A name that a formula can read is put where the cursor stands: in the formula that was edited last, else in the first.
const names = document.querySelector('[data-names]');
if (names) {
  const boxes = [...names.closest('form').querySelectorAll('[data-formula]')];
  let last = boxes[0];
  for (const box of boxes) box.addEventListener('focus', () => { last = box; });
  for (const name of names.querySelectorAll('[data-name]')) {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'usable__name';
    name.replaceWith(button);
    button.append(name);
    button.addEventListener('click', () => {
      last.setRangeText(name.dataset.name, last.selectionStart, last.selectionEnd, 'end');
      last.focus();
    });
  }
}

// Keys of the workbench, as its list of keys says them. In a box only those with Ctrl work: the others would be typing there.
const keys = document.querySelector('#keys');
if (keys) {
  const links = (selector) => [...document.querySelectorAll(selector)];
  const beside = (list, now, step) => list[Math.max(0, Math.min(list.length - 1, list.indexOf(now) + step))];
  const findings = () => links('#findings .finding');
  const go = (element) => {
    element?.click();
    return Boolean(element);
  };
  const pressed = (event) => {
    const control = event.ctrlKey || event.metaKey;
    const typing = event.target.closest('input, textarea, select, .cm-editor');
    if (control && !event.altKey && (event.key === 's' || event.key === 'Enter')) {
      const editor = document.querySelector('#editor:not([hidden])'); // which keeps all by itself
      return editor !== null || go(document.querySelector('[data-save]:not([hidden])'));
    }
    if (control && event.key === '/') {
      keys.open = !keys.open;
      keys.querySelector('summary').focus();
      return true;
    }
    if (event.key === 'F8') {
      const list = findings();
      const next = beside(list, list.find((one) => one.contains(document.activeElement)), event.shiftKey ? -1 : 1);
      if (next) next.tabIndex = -1;
      next?.focus();
      return Boolean(next);
    }
    if (typing || !event.altKey || control) return false;
    const rows = links('[data-outline] a');
    const here = document.querySelector('[data-outline] a[aria-current]');
    switch (event.key) {
      case 'ArrowDown': return event.shiftKey ? go(document.querySelector('[data-down]')) : rows.length > 0 && beside(rows, here, 1) !== here && go(beside(rows, here, 1));
      case 'ArrowUp': return event.shiftKey ? go(document.querySelector('[data-up]')) : here !== null && beside(rows, here, -1) !== here && go(beside(rows, here, -1));
    }
    const side = /^Digit([1-9])$/.exec(event.code);
    return side !== null && go(links('.bench-tabs a')[Number(side[1]) - 1]);
  };
  document.addEventListener('keydown', (event) => {
    if (!event.defaultPrevented && pressed(event)) event.preventDefault();
  });
}
