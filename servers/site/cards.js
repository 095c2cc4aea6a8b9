// Marks the chosen card and says its name. Makes no request.
const status = document.getElementById('chosen');
const cards = [...document.querySelectorAll('.card')];

for (const card of cards) {
  card.addEventListener('click', () => {
    for (const other of cards) other.setAttribute('aria-pressed', String(other === card));
    status.textContent = `Chosen: ${card.textContent.trim()}.`;
  });
}
