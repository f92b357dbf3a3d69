// Drops: a picture dragged over a pane is attached in its composer.

export function takeDrops(area, composer) {
  let depth = 0;
  const over = (by) => {
    depth = Math.max(0, depth + by);
    area.classList.toggle("dropping", depth > 0);
  };
  const files = (event) => event.dataTransfer.types.includes("Files") && !composer.element.hidden;
  area.addEventListener("dragenter", (event) => files(event) && over(1));
  area.addEventListener("dragleave", (event) => files(event) && over(-1));
  area.addEventListener("dragover", (event) => event.preventDefault());
  area.addEventListener("drop", (event) => {
    event.preventDefault();
    over(-depth);
    if (composer.element.hidden) return;
    composer.attach([...event.dataTransfer.files]);
  });
}
