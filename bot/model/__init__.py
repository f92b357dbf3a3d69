"""The nouns: frozen, keyword-only values that every part of Limner speaks in.

One module a family: `people` (Person, Place, Role), `request` (Request, Capabilities), `image` (Image, Concern, Verdict, Progress),
`job` (Job, State and the table of legal moves), `message` (Message, Action, Form, Post), `menu` (CommandSpec, Option),
`invocation` (Invocation, Answer), `delivery` (Delivery, Notice), `rule` (Rule, Limit). Everybody imports them from here.
"""

from bot.model.delivery import Delivery, Notice
from bot.model.image import Concern, Content, Finished, Image, Level, Pending, Progress, Term, Verdict
from bot.model.invocation import Answer, Attachment, Invocation, Origin
from bot.model.job import MOVES, RUNNING, UNCOUNTED, UNFINISHED, WAITING, Job, Parent, Problem, State
from bot.model.menu import CommandSpec, Kind, Option, Value
from bot.model.message import Action, Document, Emphasis, Field, Form, Message, Picture, Post, Tone
from bot.model.people import Person, Place, Role
from bot.model.request import Capabilities, Inputs, Operation, Promise, Request
from bot.model.rule import Limit, Load, Rule, RuleKind, Use, Window

__all__ = [
    "MOVES",
    "RUNNING",
    "UNCOUNTED",
    "UNFINISHED",
    "WAITING",
    "Action",
    "Answer",
    "Attachment",
    "Capabilities",
    "CommandSpec",
    "Concern",
    "Content",
    "Delivery",
    "Document",
    "Emphasis",
    "Field",
    "Finished",
    "Form",
    "Image",
    "Inputs",
    "Invocation",
    "Job",
    "Kind",
    "Level",
    "Limit",
    "Load",
    "Message",
    "Notice",
    "Operation",
    "Option",
    "Origin",
    "Parent",
    "Pending",
    "Person",
    "Picture",
    "Place",
    "Post",
    "Problem",
    "Progress",
    "Promise",
    "Request",
    "Role",
    "Rule",
    "RuleKind",
    "State",
    "Term",
    "Tone",
    "Use",
    "Value",
    "Verdict",
    "Window",
]
