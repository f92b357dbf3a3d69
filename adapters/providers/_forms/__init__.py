"""Forms: what a model takes, where the service has thousands of models and each has field names of its own (Replicate, fal).

    form.py      Form: a model's input fields, read from its OpenAPI schema or written down as data
    facts.py     Capabilities, as a form tells them
    filling.py   a request written into a form
    library.py   Library: the forms of all models that are offered, read when they are needed and remembered

Reasons:

- *Names are guessed by custom.* No two models agree, but most of them call things by one of a few names (`seed`, `num_outputs`,
  `image_url`). What a form does not offer is not sent, and what a model cannot take is a fact about it, so fitting says it before any
  money is spent.
- *One picture a call where there is a seed.* A batch is told with one seed, so its later pictures could never be drawn again.
"""

from adapters.providers._forms.facts import capabilities
from adapters.providers._forms.filling import Sources, fields_of
from adapters.providers._forms.form import COUNT_NAMES, Field, Form, Role, form_of
from adapters.providers._forms.library import Entry, Library, Shelf

__all__ = ["COUNT_NAMES", "Entry", "Field", "Form", "Library", "Role", "Shelf", "Sources", "capabilities", "fields_of", "form_of"]
