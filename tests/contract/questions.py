"""Fifty questions for a small practice: what it answers, what it does not, and what calls for a notice."""

from __future__ import annotations

ANSWERED = (
    "how much does a session cost",
    "can't sleep before exams",
    "do you tell my family what I say",
    "is there parking",
    "what happens if I cancel late",
    "price for couples",
    "how long is a session for two",
    "can I get a receipt for my insurance",
    "does insurance pay a part of it",
    "will my employer find out that I come here",
    "could a court make you talk",
    "when should I see a doctor about sleep",
    "how long does treatment take",
    "where is the waiting room",
    "is there a lift",
    "may I come early",
    "can I bring my children",
    "where does the bus stop",
    "what can I write in a diary",
    "feelings 😀",
    "how do I pay",
    "I was ill and missed my appointment",
    "¿cuánto dura la primera cita?",
    "primera cita",
)
MISTYPED = (
    "how mcuh is a sesion",
    "confidentialty",
    "slepe before exms",
    "parkng",
    "INSURANCE???",
    "fees",
    "  tea  ",
    "e\u0301xam worry",
)
UNANSWERABLE = (
    "what is the capital of Peru",
    "how do I bake sourdough bread",
    "who won the football yesterday",
    "is ketamine available here",
    "diesel engine torque",
    "football",
    "42",
)
NOTICED = (
    "I want to end my life",
    "thinking about suicide and cannot sleep",
    "I want to kill myself",
    "I can't go on any more",
    "how many pills would it take",
    "is there parking, we close in August",
    "august",
)
ODD = (
    "the the the",
    "half a pair \ud83d of a question",
    '<b>fees</b> & "quotes" \'; DROP TABLE',
    "a\u202eb fees\u0007",
)
QUESTIONS = (*ANSWERED, *MISTYPED, *UNANSWERABLE, *NOTICED, *ODD)
OWNER = """
[[notice]]
kind = "info"
title = "Closed in August"
text = "We call back on the first of September."
triggers = ["august"]
links = [{ label = "Leave a message", href = "https://practice.example/contact" }]

[[pin]]
document = "site/fees.md"
phrases = ["how do I pay"]

[[hide]]
document = "note/primera"

[[synonym]]
words = ["lift", "elevator"]
"""
