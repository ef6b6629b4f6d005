"""What the rules about words take for a fault, and what they leave alone."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.no_cover  # many sentences; test_rules.py goes through all branches

FAULTS = {
    "command": (
        "Close your eyes, and feel the chair.",
        "Breathe in.",
        "And now relax your shoulders.",
        "Let go of the day.",
        "Gently bring your attention to the sounds.",
        "As you hear the rain, soften your jaw.",
        "Do not move for a moment.",
        "Don’t think about it.",
        "Just notice what is there.",
        "Stay with whatever you have found.",
        "Now, slowly, look around.",
        "In the next minute, count the sounds.",
        "Be kind to yourself.",
        "Here is the chair. Sit on it.",
        "Rest your hands in your lap; feel their weight.",
        "There is a sound; listen to it.",
        "Take three slow steps.",
        "Imagine a lake.",
        "Tell yourself that it is over.",
        "Sit as if you wore a crown.",
    ),
    "judgement": (
        "You are too hard on yourself, and you are worthless.",
        "You're just lazy.",
        "You are really so weak.",
        "You should be grateful.",
        "Here you must sit still.",
        "You have to accept it.",
        "You need to feel it fully.",
        "You always run away.",
        "You never finish what you begin.",
        "You failed.",
        "It was your own fault.",
        "Perhaps you ought to forgive them.",
    ),
    "promise": (
        "Soon you will feel lighter.",
        "This will calm your mind.",
        "You’ll slowly relax.",
        "The practice heals you.",
        "It makes you feel safe.",
        "Kindness will help.",
        "You are becoming calmer.",
        "You will be more at peace.",
        "This is going to make it easier.",
        "Each breath relaxes your body.",
    ),
    "praise": (
        "Well done.",
        "Good. Stay there, if you like.",
        "Great, and now your hands, perhaps.",
        "You did very well.",
        "You are doing great.",
        "I am proud of you.",
        "That was perfect.",
    ),
    "jargon": (
        "Perhaps your nervous system can settle.",
        "You might let it go.",
        "You might let go of the thought.",
        "Your journey may begin here.",
        "There may be healing in this.",
        "You might feel the energy in your hands, the life energy.",
        "You might come back to the present moment.",
        "Perhaps there is some self-compassion here.",
        "You could lean into it.",
    ),
}

FINE = (
    "If you like, shut the book.",
    "You might shut the book, and listen.",
    "When you are ready, look around.",
    "See what happens if you turn towards it.",
    "Perhaps look for one more.",
    "Rest is allowed here.",
    "Let your shoulders be.",
    "Let us wait together.",
    "May you have some rest.",
    "Take your time.",
    "Take all the time you need.",
    "Never mind if nothing comes.",
    "Can you feel your feet?",
    "Do you hear it still?",
    "Say what you like. Any of it will do.",
    "“Go away” is what it says, perhaps.",
    "Sound comes and goes.",
    "Welcome the thought if you can, or leave it outside.",
    "There is a bench – sit on it if you like.",
    "Hands can rest anywhere.",
    "You could say: be quiet now, old friend.",
    "You might turn to it. Look at its coat. Notice its shoes.",
    "Welcome, whatever you are.",
    "You need not do anything.",
    "You do not have to like it.",
    "There is nothing you have to do.",
    "You never have to say why.",
    "You have more time than you need to wait.",
    "Somebody you should have rung may come to mind.",
    "If there is a letter you have to write, it can wait.",
    "Take a coat, if you need to go out.",
    "There may be a thought: you are lazy.",
    "A voice may say that you should be further along.",
    "It tells you that you always fail.",
    "Perhaps there is a sentence such as “You are a failure”.",
    "It was not your fault.",
    "You are not the problem.",
    "You are always welcome here.",
    "You will hear a bell.",
    "Nothing will make you feel anything in particular.",
    "This will not help everybody.",
    "My voice will come back.",
    "It may help to have a blanket.",
    "You will find your feet where they were.",
    "It need not be perfect.",
    "That is a good place for a cup.",
    "It is a great deal to carry.",
    "Good morning is what the neighbour says.",
    "Let my words go by.",
    "It may be a long train journey that comes to mind.",
    "You might have no energy today.",
    "The bus goes past, and you let it go past.",
    "You might hold the cup, and there is space around it.",
)


@pytest.mark.parametrize(
    ("rule", "sentence"), [(rule, each) for rule, listed in FAULTS.items() for each in listed]
)
def test_a_fault_is_found(said, rule, sentence):
    """In a sentence that nothing softens, the rule speaks."""
    assert rule in said(middle=f"{sentence} [8s]")


@pytest.mark.parametrize("sentence", FINE)
def test_a_good_sentence_is_left_alone(said, sentence):
    """No rule has anything to say of it, not even as a hint."""
    assert said(middle=f"{sentence} [8s]") == []
