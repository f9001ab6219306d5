"""The states of ideas and of proposals; `transitions.py` says which state can follow which."""

from __future__ import annotations

from enum import StrEnum


class IdeaState(StrEnum):
    """The state of an idea."""

    RECEIVED = "received"
    READ = "read"
    MERGED = "merged"
    PROPOSAL = "proposal"
    COMMITTED = "committed"
    DECLINED = "declined"


class ProposalState(StrEnum):
    """The state of a proposal."""

    DRAFT = "draft"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"
    CHOSEN = "chosen"
    NOT_CHOSEN = "not_chosen"
    COMMITTED = "committed"
