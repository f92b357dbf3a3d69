"""The images API that OpenAI made and others speak: what OpenAI, Azure OpenAI and compatible servers have in common (providers.md §1, §2).

    facts.py      what is known of each model: sizes, qualities, prices, the day it ends
    requests.py   Request -> fields and files
    answers.py    answer or stream of events -> pictures, cost
    faults.py     errors -> Refused or ProviderFault
    listing.py    what /models says, for the doctor and for servers whose models are not ours to know
    images.py     Images: the provider; Dialect: in what the three differ

A picture comes in the call itself: there is no job to ask about later, so `submit` waits and no ticket is given. A call can be asked to
stream previews on its way (`Dialect.previews`). They are shown through the kit, by the call's key, and not under a ticket of ours: a ticket
promises that any process can take the job up again, and this call ends with its connection. After a crash the worker does what it does for
every service without jobs: it asks once more, and says that this may have cost twice.
"""

from adapters.providers._openai_images.facts import Facts, capabilities, facts_of
from adapters.providers._openai_images.faults import explain
from adapters.providers._openai_images.images import Dialect, Images
from adapters.providers._openai_images.listing import each_key, listed

__all__ = ["Dialect", "Facts", "Images", "capabilities", "each_key", "explain", "facts_of", "listed"]
