"""The nouns: frozen, keyword-only values that every part of Limner speaks in.

One module a family: `people` (Person, Place, Role), `request` (Request, Capabilities), `image` (Image, Concern, Verdict, Progress),
`job` (Job, State and the table of legal moves), `message` (Message, Action, Form, Post), `menu` (CommandSpec, Option),
`invocation` (Invocation, Asker, Answer), `delivery` (Delivery, Notice), `rule` (Rule, Limit), `subject` (whom a rule is about),
`account` (one person on several platforms),
`balance` (how a budget stands), `case` (what waits for a decision), `entry` (what the audit keeps), `record`
(what is kept about whom, and the sums of it). Everybody imports them from here.
"""

from bot.model.account import Account
from bot.model.balance import BORDERS, Balance, Report
from bot.model.case import Case, CaseKind, CaseState
from bot.model.delivery import Delivery, Notice
from bot.model.entry import LIMNER, Entry
from bot.model.image import Concern, Content, Finished, Image, Level, Pending, Progress, Term, Verdict
from bot.model.invocation import Answer, Asker, Attachment, Invocation, Origin
from bot.model.job import MOVES, RUNNING, UNCOUNTED, UNFINISHED, UNPOSTED, WAITING, Charge, Job, Parent, Problem, State
from bot.model.menu import CommandSpec, Kind, Option, Value
from bot.model.message import Action, Document, Emphasis, Field, Form, Message, Picture, Post, Tone
from bot.model.people import NOWHERE, Person, Place, Role
from bot.model.record import Breach, Dossier, Erasure, Inquiry, Known, Mark, Seal, Share, Sums, Tally, Walk
from bot.model.request import Capabilities, Inputs, Operation, Promise, Request
from bot.model.rule import MICRO, Limit, Load, Measure, Pool, Rule, RuleKind, Use, Window, ending_of, micro_dollars
from bot.model.subject import (
    digest_of,
    subject_of_channel,
    subject_of_digest,
    subject_of_everybody,
    subject_of_group,
    subject_of_person,
    subject_of_role,
    subject_of_workspace,
    subjects_of,
)

__all__ = [
    "BORDERS",
    "LIMNER",
    "MICRO",
    "MOVES",
    "NOWHERE",
    "RUNNING",
    "UNCOUNTED",
    "UNFINISHED",
    "UNPOSTED",
    "WAITING",
    "Account",
    "Action",
    "Answer",
    "Asker",
    "Attachment",
    "Balance",
    "Breach",
    "Capabilities",
    "Case",
    "CaseKind",
    "CaseState",
    "Charge",
    "CommandSpec",
    "Concern",
    "Content",
    "Delivery",
    "Document",
    "Dossier",
    "Emphasis",
    "Entry",
    "Erasure",
    "Field",
    "Finished",
    "Form",
    "Image",
    "Inputs",
    "Inquiry",
    "Invocation",
    "Job",
    "Kind",
    "Known",
    "Level",
    "Limit",
    "Load",
    "Mark",
    "Measure",
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
    "Pool",
    "Post",
    "Problem",
    "Progress",
    "Promise",
    "Report",
    "Request",
    "Role",
    "Rule",
    "RuleKind",
    "Seal",
    "Share",
    "State",
    "Sums",
    "Tally",
    "Term",
    "Tone",
    "Use",
    "Value",
    "Verdict",
    "Walk",
    "Window",
    "digest_of",
    "ending_of",
    "micro_dollars",
    "subject_of_channel",
    "subject_of_digest",
    "subject_of_everybody",
    "subject_of_group",
    "subject_of_person",
    "subject_of_role",
    "subject_of_workspace",
    "subjects_of",
]
