"""A small practice's pages: an invented one, whose addresses say so."""

from __future__ import annotations

CONFIG = """
[[source]]
path = "site"

[service]
title = "Search the practice"
contact = "Call (202) 555-0142."
"""

_FEES = """\
---
title: Fees
url: https://practice.example/fees
author: The practice
published: 2026-02-01
licence: CC BY 4.0
tags: [fees, money]
---
# Fees

## Single sessions

A session of 50 minutes is 80 pounds. You pay by card after each visit, and you get a receipt that your
insurance takes.

## Couples

A session for two is 75 minutes and 110 pounds. You may share the bill, and each of you gets a receipt.

## Missed sessions

If you cancel less than 24 hours before, half of the fee is due. Illness and emergencies are no reason to
worry: tell us, and nothing is due.
"""

_SLEEP = """\
---
title: Sleeping badly
url: https://practice.example/sleep
modified: 2026-03-10
tags: [sleep]
---
# Sleeping badly

## Before an exam

Many people can't sleep before exams. Write down what worries you two hours before bed, and put the list
away. Keep the same hour for getting up, even after a bad night.

## When to ask for help

If you sleep badly three nights a week for three months, talk to your doctor or to one of us. Treatments
that help most people take six to eight weeks.
"""

_CONFIDENTIALITY = """\
---
title: Confidentiality
url: https://practice.example/confidentiality
tags: [privacy]
---
# Confidentiality

What you say stays with us. We tell nobody that you come here, not your family and not your employer.

## Exceptions

There are two exceptions. If someone is in danger of serious harm we may have to tell those who can help,
and a court can order us to speak. We would talk with you first wherever we can.
"""

_WAITING = """\
The waiting room

The waiting room is on the second floor, and there is a lift. You may come ten minutes early. Tea is on
the table by the window, and children are welcome.

Parking

There are four spaces behind the house. The bus stops in front of the door every ten minutes.
"""

FILES = {
    "fees.md": _FEES,
    "guides/sleep.md": _SLEEP,
    "confidentiality.md": _CONFIDENTIALITY,
    "waiting room.txt": _WAITING,
}

LINES: list[dict[str, object]] = [
    {
        "_id": "note/insurance",
        "title": "Insurance",
        "text": "Most insurers pay a part of the fee. Ask yours how many sessions it pays for.",
        "metadata": {"url": "https://practice.example/insurance", "tags": ["fees"], "language": "en-gb"},
    },
    {
        "_id": "note/primera",
        "title": "La primera cita",
        "text": "En la primera cita hablamos de lo que te preocupa. Dura cincuenta minutos.",
        "metadata": {"language": "es", "tags": ["first visit"]},
    },
    {
        "_id": "note/emoji 😀 astral",
        "title": "Feelings 😀 in a diary",
        "text": "😀😀 A diary of feelings helps some people 🧠. Write a line each evening 🌙.",
        "metadata": {"author": "A. Writer", "mood": {"kept": True}},
    },
    {
        "_id": "staff-1",
        "title": "For staff",
        "text": "The alarm code is changed each month. Ask the office for it.",
        "metadata": {"collection": "staff"},
    },
]

QUESTIONS = (
    "how much does a session cost",
    "can't sleep before exams",
    "do you tell my family what I say",
    "is there parking",
    "what happens if I cancel late",
)
