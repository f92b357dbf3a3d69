// The theme, set before the page is drawn so that it never flashes in the wrong colours. Not a module: modules run too late for that.
(() => {
  const theme = localStorage.getItem("limner.theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
})();
